package dev.sotto.platform.event;

import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes events, each once in effect: its id is noted in the transaction of what it does. Offsets
 * follow the commit, so a crash at any point means that it comes again, and is then recognised. An
 * event that fails is tried again before any later one of its partition; one that cannot be read,
 * or fails for no passing reason, goes to the topic's dead letters.
 */
public final class EventConsumers implements SmartLifecycle {
  private final KafkaClients clients;
  private final Topics topics;
  private final DeadLetters deadLetters;
  private final TransactionTemplate transactions;
  private final JdbcClient jdbc;
  private final MeterRegistry meters;
  private final ApplicationContext context;
  private final @Nullable String instance;
  private final List<KafkaMessageListenerContainer<String, byte[]>> containers = new ArrayList<>();
  private boolean running;

  EventConsumers(
      KafkaClients clients,
      Topics topics,
      DeadLetters deadLetters,
      TransactionTemplate transactions,
      JdbcClient jdbc,
      MeterRegistry meters,
      ApplicationContext context,
      @Nullable String instance) {
    this.clients = clients;
    this.topics = topics;
    this.deadLetters = deadLetters;
    this.transactions = transactions;
    this.jdbc = jdbc;
    this.meters = meters;
    this.context = context;
    this.instance = instance;
  }

  /**
   * Takes the events of topics, from when the application has started until it stops. Instances of
   * one group share the work.
   *
   * @param group names the consumer, at the broker and in the inbox: never change it
   * @param from the topics, which are made if they are not there yet
   */
  public synchronized void subscribe(String group, List<Topic> from, EventHandler handler) {
    ContainerProperties properties =
        new ContainerProperties(from.stream().map(Topic::topicName).toArray(String[]::new));
    properties.setGroupId(group);
    properties.setAckMode(AckMode.BATCH);
    properties.setObservationEnabled(true);
    properties.setShutdownTimeout(10_000);
    properties.setMessageListener(
        (MessageListener<String, byte[]>) record -> take(group, record, handler));

    Map<String, Object> settings = clients.consumer();
    if (instance != null) {
      settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, group + "-" + instance);
    }
    KafkaMessageListenerContainer<String, byte[]> container =
        new KafkaMessageListenerContainer<>(
            new DefaultKafkaConsumerFactory<>(settings), properties);
    container.setBeanName(group);
    container.setApplicationContext(context);
    container.setCommonErrorHandler(errors(group));
    topics.ensure(from.toArray(Topic[]::new));
    containers.add(container);
    if (running) {
      container.start();
    }
  }

  private DefaultErrorHandler errors(String group) {
    DefaultErrorHandler errors =
        new DefaultErrorHandler(
            (record, failure) -> deadLetters.bury(group, ours(record), Retries.root(failure)));
    errors.setBackOffFunction((record, failure) -> Retries.after(failure));
    errors.setResetStateOnRecoveryFailure(false);
    return errors;
  }

  /** What our deserializers have made. */
  @SuppressWarnings("unchecked")
  private static ConsumerRecord<String, byte[]> ours(ConsumerRecord<?, ?> record) {
    return (ConsumerRecord<String, byte[]>) record;
  }

  private void take(String group, ConsumerRecord<String, byte[]> record, EventHandler handler) {
    byte[] value = record.value();
    if (value == null) {
      return; // a compacted topic's way to say that a key is gone
    }
    EventRecord told = EventCodec.decode(value);
    boolean fresh =
        Boolean.TRUE.equals(
            transactions.execute(
                status -> {
                  if (!note(group, told)) {
                    return false;
                  }
                  handler.take(told);
                  return true;
                }));
    meters
        .counter(
            "sotto.events.taken",
            "topic",
            record.topic(),
            "consumer",
            group,
            "repeated",
            Boolean.toString(!fresh))
        .increment();
  }

  /** Whether nobody has taken it before; waits for another instance that is at it. */
  private boolean note(String group, EventRecord told) {
    return jdbc.sql("INSERT INTO inbox (consumer, event) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .param(group)
            .param(told.id())
            .update()
        == 1;
  }

  @Override
  public synchronized void start() {
    running = true;
    containers.forEach(KafkaMessageListenerContainer::start);
  }

  @Override
  public synchronized void stop() {
    running = false;
    containers.forEach(KafkaMessageListenerContainer::stop);
  }

  @Override
  public synchronized boolean isRunning() {
    return running;
  }

  /** After what handlers use, and before the web server. */
  @Override
  public int getPhase() {
    return 1000;
  }
}
