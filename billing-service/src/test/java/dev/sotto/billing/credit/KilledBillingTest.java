package dev.sotto.billing.credit;

import static dev.sotto.billing.testing.Billing.asked;
import static dev.sotto.billing.testing.Billing.ended;
import static dev.sotto.billing.testing.Billing.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.billing.BillingService;
import dev.sotto.billing.testing.Billing;
import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.disposable.DisposableData;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as a process, killed at work. */
class KilledBillingTest {
  private static final long SEED = 20261126;
  private static final int JOBS = 400;
  private static final UUID PROJECT = UUID.randomUUID();

  @TempDir Path folder;

  @Test
  void noLineIsLostOrDoubled() throws Exception {
    UUID tenant = UUID.randomUUID();
    Random random = new Random(SEED);
    Path settings = folder.resolve("killed.yml");
    List<String> jobs = Stream.generate(Billing::job).limit(JOBS).toList();
    Billing closed;
    try (Billing first = new Billing()) {
      closed = first;
      Files.writeString(settings, first.settings());
    }
    publish(jobs.stream().map(job -> (Event) asked(tenant, PROJECT, job, 10, 10)).toList());
    killTwice(settings, random);
    try (Billing second = closed.again()) {
      until(() -> jobs.stream().allMatch(job -> second.state(tenant, job).equals("OPEN")));
      assertThat(second.sum(tenant, "RESERVED")).isEqualTo(JOBS * 20 * Billing.TOKEN_PRICE);
      assertThat(second.differences()).isEmpty();
    }
    publish(
        jobs.stream()
            .map(job -> (Event) ended(tenant, PROJECT, job, Outcome.COMPLETED, 10, 3))
            .toList());
    killTwice(settings, random);
    try (Billing third = closed.again()) {
      until(() -> jobs.stream().allMatch(job -> third.state(tenant, job).equals("SETTLED")));
      assertThat(third.usage(tenant))
          .isEqualTo(new Billing.Used(JOBS, JOBS * 13 * Billing.TOKEN_PRICE));
      assertThat(third.sum(tenant, "CREDIT"))
          .isEqualTo(Billing.STARTING - JOBS * 13 * Billing.TOKEN_PRICE);
      assertThat(third.sum(tenant, "RESERVED")).isZero();
      assertThat(third.differences()).isEmpty();
    }
  }

  private static void publish(List<Event> events) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", DisposableData.kafka().bootstrap()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (Event event : events) {
        byte[] value = EventCodec.encode(new EventRecord(UUID.randomUUID(), 1, event));
        var _ = producer.send(new ProducerRecord<>(event.topic().topicName(), event.key(), value));
      }
    }
  }

  private static void killTwice(Path settings, Random random) throws Exception {
    for (int round = 0; round < 2; round++) {
      Process process = start(settings);
      try (BufferedReader out = process.inputReader()) {
        assertThat(out.lines().anyMatch(line -> line.contains("Started BillingService"))).isTrue();
        assertThat(process.waitFor(random.nextInt(1500), TimeUnit.MILLISECONDS)).isFalse();
      } finally {
        process.destroyForcibly();
        process.onExit().get(60, TimeUnit.SECONDS);
      }
    }
  }

  private static Process start(Path settings) throws Exception {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx300m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            BillingService.class.getName(),
            "--spring.config.additional-location=" + settings.toUri())
        .redirectErrorStream(true)
        .start();
  }
}
