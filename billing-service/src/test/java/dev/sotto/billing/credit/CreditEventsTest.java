package dev.sotto.billing.credit;

import static dev.sotto.billing.testing.Billing.STARTING;
import static dev.sotto.billing.testing.Billing.TOKEN_PRICE;
import static dev.sotto.billing.testing.Billing.asked;
import static dev.sotto.billing.testing.Billing.ended;
import static dev.sotto.billing.testing.Billing.job;
import static dev.sotto.billing.testing.Billing.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.billing.testing.Billing;
import dev.sotto.contracts.event.CreditGranted;
import dev.sotto.contracts.event.CreditRefused;
import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobVerified;
import dev.sotto.contracts.event.Topic;
import dev.sotto.contracts.receipt.Verdict;
import dev.sotto.disposable.DisposableData;
import dev.sotto.platform.event.RecordFeeds;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** Over the broker, as the orchestration sees it. */
class CreditEventsTest {
  private final Queue<Event> decisions = new ConcurrentLinkedQueue<>();

  private static void publish(KafkaProducer<String, byte[]> producer, UUID id, Event event)
      throws Exception {
    byte[] value = EventCodec.encode(new EventRecord(id, 1, event));
    producer
        .send(new ProducerRecord<>(event.topic().topicName(), event.key(), value))
        .get(60, TimeUnit.SECONDS);
  }

  private static KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", DisposableData.kafka().bootstrap()),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private static JobVerified verdict(UUID tenant, String job, Verdict verdict) {
    return new JobVerified(job, tenant, verdict, List.of(), 3, "ab".repeat(32));
  }

  @Test
  void aJobWhoseLanesDisagreeCostsNothingWhicheverIsHeardFirst() throws Exception {
    UUID tenant = UUID.randomUUID();
    UUID project = UUID.randomUUID();
    try (Billing billing = new Billing();
        KafkaProducer<String, byte[]> producer = producer()) {
      String paid = job();
      String late = job(); // its verdict comes after its end
      String early = job(); // and this one's before
      for (String job : List.of(paid, late, early)) {
        publish(producer, UUID.randomUUID(), asked(tenant, project, job, 10, 10));
        until(() -> billing.state(tenant, job).equals("OPEN"));
      }
      publish(producer, UUID.randomUUID(), verdict(tenant, paid, Verdict.AGREE));
      publish(producer, UUID.randomUUID(), verdict(tenant, early, Verdict.DISAGREE));
      until(() -> billing.noted(tenant, early));
      for (String job : List.of(paid, late, early)) {
        publish(producer, UUID.randomUUID(), ended(tenant, project, job, Outcome.COMPLETED, 10, 4));
        until(() -> billing.state(tenant, job).equals("SETTLED"));
      }
      UUID once = UUID.randomUUID();
      publish(producer, once, verdict(tenant, late, Verdict.DISAGREE));
      publish(producer, once, verdict(tenant, late, Verdict.DISAGREE));
      publish(producer, UUID.randomUUID(), verdict(tenant, late, Verdict.DISAGREE));
      until(() -> billing.sum(tenant, "CREDIT") == STARTING - 14 * TOKEN_PRICE);
      assertThat(billing.usage(tenant).cost()).isEqualTo(14 * TOKEN_PRICE);
      assertThat(billing.usage(tenant).rows()).isEqualTo(3 + 2);
      assertThat(billing.differences()).isEmpty();
    }
  }

  @Test
  void requestsAreAnsweredAndEndsSettled() throws Exception {
    UUID tenant = UUID.randomUUID();
    UUID project = UUID.randomUUID();
    try (Billing billing = new Billing();
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", DisposableData.kafka().bootstrap()),
                new StringSerializer(),
                new ByteArraySerializer())) {
      billing
          .get(RecordFeeds.class)
          .follow(
              "decisions",
              List.of(Topic.CREDIT_DECISIONS.topicName()),
              RecordFeeds.From.NOW,
              record -> decisions.add(EventCodec.decode(record.value()).event()));
      String small = job();
      String large = job();
      UUID event = UUID.randomUUID();
      publish(producer, event, asked(tenant, project, small, 10, 10));
      publish(producer, event, asked(tenant, project, small, 10, 10)); // the same delivery
      publish(producer, UUID.randomUUID(), asked(tenant, project, small, 10, 10)); // told anew
      publish(producer, UUID.randomUUID(), asked(tenant, project, large, 500_000, 500_000));
      until(() -> decisions.stream().anyMatch(CreditRefused.class::isInstance));
      assertThat(decisions.stream().filter(new CreditGranted(small)::equals)).hasSize(2);
      assertThat(decisions)
          .anySatisfy(
              told ->
                  assertThat(told)
                      .isInstanceOfSatisfying(
                          CreditRefused.class,
                          refused -> {
                            assertThat(refused.jobId()).isEqualTo(large);
                            assertThat(refused.code()).isEqualTo("insufficient_quota");
                          }));
      publish(producer, UUID.randomUUID(), ended(tenant, project, small, Outcome.COMPLETED, 10, 4));
      publish(producer, UUID.randomUUID(), ended(tenant, project, small, Outcome.COMPLETED, 10, 4));
      until(() -> billing.state(tenant, small).equals("SETTLED"));
      assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(STARTING - 14 * TOKEN_PRICE);
      assertThat(billing.differences()).isEmpty();
    }
  }
}
