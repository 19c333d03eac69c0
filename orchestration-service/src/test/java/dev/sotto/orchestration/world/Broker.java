package dev.sotto.orchestration.world;

import dev.sotto.contracts.Message;
import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.Topic;
import dev.sotto.disposable.DisposableData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The real broker, for those who play the other services. */
public final class Broker implements AutoCloseable {
  private final String bootstrap = DisposableData.kafka().bootstrap();
  private final KafkaProducer<String, byte[]> producer =
      new KafkaProducer<>(
          Map.of(
              ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
              bootstrap,
              ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
              Topic.MAX_RECORD_BYTES),
          new StringSerializer(),
          new ByteArraySerializer());

  /** Tells an event. */
  public void tell(Event event) {
    tell(new EventRecord(UUID.randomUUID(), 1, event));
  }

  /** Tells an event that has its id. */
  public void tell(EventRecord told) {
    send(told.event().topic().topicName(), told.event().key(), EventCodec.encode(told));
  }

  /** Sends a sealed message. */
  public void send(Topic topic, String job, Message message) {
    send(topic.topicName(), job, message.encode());
  }

  /** Sends bytes, and waits until they are there. */
  public void send(String topic, String key, byte[] value) {
    try {
      Object _ = producer.send(new ProducerRecord<>(topic, key, value)).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** Makes topics that are not there. */
  public void make(Map<String, Integer> topics) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      topics.forEach(
          (name, partitions) -> {
            try {
              Object _ =
                  admin
                      .createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                      .all()
                      .get();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            } catch (ExecutionException e) {
              if (!(e.getCause() instanceof TopicExistsException)) {
                throw new AssertionError(e);
              }
            }
          });
    }
  }

  /** How many records a topic of one partition has had. */
  public long count(String topic) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      TopicPartition only = new TopicPartition(topic, 0);
      return admin
          .listOffsets(Map.of(only, OffsetSpec.latest()))
          .partitionResult(only)
          .get()
          .offset();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** Follows topics from now on, on a thread of its own. */
  public Following follow(
      List<String> topics, Runnable tick, Consumer<ConsumerRecord<String, byte[]>> reader) {
    return new Following(bootstrap, topics, tick, reader);
  }

  /** Whoever reads along. */
  public static final class Following implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;
    private volatile boolean stopped;

    Following(
        String bootstrap,
        List<String> topics,
        Runnable tick,
        Consumer<ConsumerRecord<String, byte[]>> reader) {
      consumer =
          new KafkaConsumer<>(
              Map.of("bootstrap.servers", bootstrap),
              new StringDeserializer(),
              new ByteArrayDeserializer());
      List<TopicPartition> all = new ArrayList<>();
      for (String topic : topics) {
        // A broker that has just made a topic may answer that there is none.
        Until.holds("topic " + topic, () -> !consumer.partitionsFor(topic).isEmpty());
        consumer
            .partitionsFor(topic)
            .forEach(info -> all.add(new TopicPartition(topic, info.partition())));
      }
      consumer.assign(all);
      consumer.seekToEnd(all);
      all.forEach(consumer::position);
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    while (!stopped) {
                      consumer.poll(Duration.ofMillis(50)).forEach(reader);
                      tick.run();
                    }
                    consumer.close();
                  });
    }

    @Override
    public void close() {
      stopped = true;
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
