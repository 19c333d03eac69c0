package dev.sotto.platform.event;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.event.CreditGranted;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.Topic;
import dev.sotto.disposable.DisposableData;
import dev.sotto.platform.testing.SampleService;
import dev.sotto.platform.testing.Samples;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventsTest {
  private static final Topic TOPIC = Topic.CREDIT_DECISIONS;

  private ConfigurableApplicationContext context;
  private JdbcClient jdbc;
  private TransactionTemplate transactions;
  private Outbox outbox;
  private Producer<String, byte[]> producer;
  private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
  private final Map<String, EventHandler> special = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<ConsumerRecord<String, byte[]>> dead =
      new ConcurrentLinkedQueue<>();

  @BeforeAll
  void start() {
    context = Samples.installation().service(SampleService.class, "sample").runWithoutWeb();
    jdbc = context.getBean(JdbcClient.class);
    transactions = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    outbox = context.getBean(Outbox.class);
    producer = context.getBean(KafkaClients.class).producer();
    context.getBean(EventConsumers.class).subscribe("sample", List.of(TOPIC), this::take);
    context
        .getBean(RecordFeeds.class)
        .follow(
            "dead",
            List.of(TOPIC.topicName() + Topic.DEAD_LETTERS),
            RecordFeeds.From.BEGINNING,
            dead::add);
  }

  @AfterAll
  void stop() {
    producer.close();
    context.close();
  }

  private void take(EventRecord told) {
    String job = job(told);
    attempts.computeIfAbsent(job, j -> new AtomicInteger()).incrementAndGet();
    jdbc.sql("INSERT INTO effect (consumer, job) VALUES ('sample', ?)").param(job).update();
    EventHandler more = special.get(job);
    if (more != null) {
      more.take(told);
    }
  }

  private static String job(EventRecord told) {
    return ((CreditGranted) told.event()).jobId();
  }

  private int attempts(String job) {
    AtomicInteger count = attempts.get(job);
    return count == null ? 0 : count.get();
  }

  private int effects(String job) {
    return jdbc.sql("SELECT count(*) FROM effect WHERE job = ?")
        .param(job)
        .query(Integer.class)
        .single();
  }

  private void tell(CreditGranted... events) {
    transactions.executeWithoutResult(status -> outbox.tell(events));
  }

  private void publish(byte[] value, String key) throws Exception {
    producer.send(new ProducerRecord<>(TOPIC.topicName(), key, value)).get(60, TimeUnit.SECONDS);
  }

  private @Nullable ConsumerRecord<String, byte[]> deadLetter(String key) {
    return dead.stream().filter(record -> key.equals(record.key())).findFirst().orElse(null);
  }

  private static String header(@Nullable ConsumerRecord<String, byte[]> record, String name) {
    return new String(
        requireNonNull(record).headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  @Test
  void whatIsToldHasItsEffectOnceAndLeavesTheOutbox() throws Exception {
    CreditGranted event = Samples.event();
    tell(event);
    Samples.until(() -> effects(event.jobId()) == 1);
    Samples.until(() -> jdbc.sql("SELECT count(*) FROM outbox").query(Integer.class).single() == 0);
  }

  @Test
  void whatIsRolledBackIsNeverTold() throws Exception {
    CreditGranted rolledBack = Samples.event();
    transactions.executeWithoutResult(
        status -> {
          outbox.tell(rolledBack);
          status.setRollbackOnly();
        });
    assertThatThrownBy(() -> outbox.tell(rolledBack)).isInstanceOf(IllegalStateException.class);
    CreditGranted later = Samples.event();
    tell(later);
    Samples.until(() -> effects(later.jobId()) == 1);
    assertThat(attempts(rolledBack.jobId())).isZero();
  }

  @Test
  void aRepeatedEventIsRecognised() throws Exception {
    CreditGranted event = Samples.event();
    byte[] value = EventCodec.encode(new EventRecord(UUID.randomUUID(), 1, event));
    publish(value, event.jobId());
    publish(value, event.jobId());
    publish(value, event.jobId());
    CreditGranted last = Samples.event();
    publish(EventCodec.encode(new EventRecord(UUID.randomUUID(), 1, last)), event.jobId());
    Samples.until(() -> effects(last.jobId()) == 1); // same key: after the repetitions
    assertThat(attempts(event.jobId())).isEqualTo(1);
  }

  @Test
  void aPassingFailureIsTriedAgainAndHoldsItsPartitionInOrder() throws Exception {
    CreditGranted first = Samples.event();
    AtomicInteger failures = new AtomicInteger(10); // more than a riddle gets
    special.put(
        first.jobId(),
        told -> {
          if (failures.getAndDecrement() > 0) {
            throw new TransientDataAccessResourceException("on purpose");
          }
        });
    CreditGranted second = Samples.event();
    publish(EventCodec.encode(new EventRecord(UUID.randomUUID(), 1, first)), "same");
    publish(EventCodec.encode(new EventRecord(UUID.randomUUID(), 1, second)), "same");
    Samples.until(() -> effects(second.jobId()) == 1);
    assertThat(attempts(first.jobId())).isEqualTo(11);
    assertThat(effects(first.jobId())).isEqualTo(1); // each failure took its effect back
    List<String> order =
        jdbc.sql("SELECT job FROM effect WHERE job IN (?, ?) ORDER BY id")
            .params(first.jobId(), second.jobId())
            .query(String.class)
            .list();
    assertThat(order).containsExactly(first.jobId(), second.jobId());
  }

  @Test
  void whatCannotBeReadGoesToTheDeadLettersAndTheRestGoesOn() throws Exception {
    String key = Samples.job();
    publish("not an event".getBytes(StandardCharsets.UTF_8), key);
    CreditGranted next = Samples.event();
    publish(EventCodec.encode(new EventRecord(UUID.randomUUID(), 1, next)), key);
    Samples.until(() -> effects(next.jobId()) == 1 && deadLetter(key) != null);
    ConsumerRecord<String, byte[]> letter = deadLetter(key);
    assertThat(header(letter, "sotto-dead-reason"))
        .isEqualTo("BadMessage: Event is not well-formed");
    assertThat(header(letter, "sotto-dead-consumer")).isEqualTo("sample");
    assertThat(header(letter, "sotto-dead-origin")).startsWith(TOPIC.topicName() + "/");
    assertThat(context.getBean(Topics.class).deadLetters())
        .hasEntrySatisfying(TOPIC.topicName() + ".dlt", n -> assertThat(n).isPositive());
  }

  @Test
  void aRiddleIsTriedAFewTimesAndQuotesNothing() throws Exception {
    CreditGranted riddle = Samples.event();
    special.put(
        riddle.jobId(),
        told -> {
          throw new IllegalArgumentException("something secret");
        });
    publish(EventCodec.encode(new EventRecord(UUID.randomUUID(), 1, riddle)), riddle.jobId());
    Samples.until(() -> deadLetter(riddle.jobId()) != null);
    assertThat(attempts(riddle.jobId())).isEqualTo(7);
    assertThat(effects(riddle.jobId())).isZero();
    assertThat(header(deadLetter(riddle.jobId()), "sotto-dead-reason"))
        .isEqualTo("java.lang.IllegalArgumentException");
  }

  @Test
  void aTraceGoesOnBehindTheBroker() throws Exception {
    Tracer tracer = context.getBean(Tracer.class);
    CreditGranted event = Samples.event();
    ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    special.put(
        event.jobId(), told -> seen.add(requireNonNull(tracer.currentSpan()).context().traceId()));
    Span span = tracer.nextSpan().name("cause").start();
    try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
      assertThat(scope).isNotNull();
      tell(event);
    } finally {
      span.end();
    }
    Samples.until(() -> !seen.isEmpty());
    assertThat(seen).containsExactly(span.context().traceId());
  }

  @Test
  void topicsHaveTheirSettings() throws Exception {
    Topics topics = context.getBean(Topics.class);
    topics.ensure(Topic.values());
    topics.ensure(Topic.values()); // again: no error
    topics.ensureOfNode("a".repeat(64));
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", DisposableData.kafka().bootstrap()))) {
      Map<String, String> steps = settings(admin, "sotto.steps.v1");
      assertThat(steps)
          .containsEntry("retention.ms", "3600000")
          .containsEntry("cleanup.policy", "delete");
      assertThat(Integer.parseInt(String.valueOf(steps.get("max.message.bytes"))))
          .isGreaterThanOrEqualTo(Topic.MAX_RECORD_BYTES);
      assertThat(settings(admin, "sotto.nodes.v1")).containsEntry("cleanup.policy", "compact");
      assertThat(settings(admin, Topic.ofNode("a".repeat(64))))
          .containsEntry("retention.ms", "3600000");
      TopicDescription described =
          admin
              .describeTopics(List.of("sotto.steps.v1"))
              .allTopicNames()
              .get(60, TimeUnit.SECONDS)
              .get("sotto.steps.v1");
      assertThat(requireNonNull(described).partitions()).hasSize(Topic.STEPS.partitions());
    }
  }

  private static Map<String, String> settings(Admin admin, String topic) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config =
        admin.describeConfigs(List.of(resource)).all().get(60, TimeUnit.SECONDS).get(resource);
    Map<String, String> settings = new HashMap<>();
    requireNonNull(config)
        .entries()
        .forEach(entry -> settings.put(entry.name(), String.valueOf(entry.value())));
    return settings;
  }
}
