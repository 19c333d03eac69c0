package dev.sotto.platform.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.platform.start.DisposableInstallation;
import dev.sotto.platform.testing.SampleService;
import dev.sotto.platform.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The relay over a real outbox and a broker whose acknowledgements the test gives. */
class OutboxRelayTest {
  private final List<OutboxRelay> relays = new ArrayList<>();
  private DataSource dataSource;
  private JdbcClient jdbc;

  @BeforeEach
  void migrate() {
    DisposableInstallation installation = Samples.installation();
    installation.service(SampleService.class, "sample").runWithoutWeb().close();
    dataSource =
        new DriverManagerDataSource(
            installation.url(), "sample_app", installation.login("sample").appPassword());
    jdbc = JdbcClient.create(dataSource);
  }

  @AfterEach
  void stop() {
    relays.forEach(OutboxRelay::stop);
  }

  private static MockProducer<String, byte[]> broker() {
    return new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
  }

  private OutboxRelay relay(MockProducer<String, byte[]> broker) {
    OutboxRelay relay = new OutboxRelay(dataSource, new OutboxTable("sample"), broker);
    relays.add(relay);
    relay.start();
    return relay;
  }

  /** In one transaction. */
  private void tell(String... keys) {
    jdbc.sql(
            "INSERT INTO outbox (id, topic, key, value, traceparent)"
                + " SELECT gen_random_uuid(), 't', key, '', ? FROM unnest(?::text[]) AS key")
        .param("00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01")
        .param("{" + String.join(",", keys) + "}")
        .update();
  }

  private List<String> waiting() {
    return jdbc.sql("SELECT key FROM outbox ORDER BY position").query(String.class).list();
  }

  private static List<String> sent(MockProducer<String, byte[]> broker) {
    return broker.history().stream().map(ProducerRecord::key).toList();
  }

  @Test
  void rowsGoOutInOrderWithTheirTraceAndLeaveWhenAcknowledged() throws Exception {
    MockProducer<String, byte[]> broker = broker();
    OutboxRelay relay = relay(broker);
    tell("a", "b", "c");
    relay.wake();
    Samples.until(() -> broker.history().size() == 3);
    assertThat(sent(broker)).containsExactly("a", "b", "c");
    assertThat(broker.history().getFirst().headers().lastHeader("traceparent").value())
        .asString()
        .startsWith("00-aaaa");
    assertThat(waiting()).hasSize(3); // nothing is acknowledged yet
    while (broker.completeNext()) {
      // all three
    }
    Samples.until(() -> waiting().isEmpty());
  }

  @Test
  void whatACrashLeavesUnacknowledgedGoesAgain() throws Exception {
    MockProducer<String, byte[]> first = broker();
    OutboxRelay crashing = relay(first);
    tell("a", "b", "c");
    Samples.until(() -> first.history().size() == 3);
    assertThat(first.completeNext()).isTrue();
    crashing.stop(); // after one acknowledgement, noted or not
    MockProducer<String, byte[]> second = broker();
    relay(second);
    Samples.until(() -> sent(second).containsAll(List.of("b", "c")));
    assertThat(sent(second)).containsSubsequence("b", "c");
  }

  @Test
  void aFailureHoldsBackWhatCameAfterIt() throws Exception {
    MockProducer<String, byte[]> broker = broker();
    OutboxRelay relay = relay(broker);
    tell("a", "b", "c");
    Samples.until(() -> broker.history().size() >= 3);
    assertThat(broker.completeNext()).isTrue();
    assertThat(broker.errorNext(new InvalidTopicException("t"))).isTrue();
    Samples.until(() -> broker.history().size() >= 5); // b and c again, after a
    assertThat(sent(broker).subList(0, 5)).containsExactly("a", "b", "c", "b", "c");
    assertThat(relay.failure()).isNotNull();
    Samples.until(
        () -> {
          broker.completeNext();
          return waiting().isEmpty();
        });
    assertThat(relay.failure()).isNull();
  }

  @Test
  void aSecondRelayWaitsAndTakesOverWhenTheFirstLosesItsConnection() throws Exception {
    MockProducer<String, byte[]> first = broker();
    relay(first);
    tell("a");
    Samples.until(() -> first.history().size() == 1);
    MockProducer<String, byte[]> second = broker();
    OutboxRelay other = relay(second);
    other.wake();
    tell("b");
    assertThat(first.completeNext()).isTrue();
    Samples.until(() -> sent(first).contains("b"));
    assertThat(sent(second)).isEmpty();
    JdbcClient superuser = superuser();
    Samples.until(
        () -> {
          superuser
              .sql(
                  "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND"
                      + " granted AND database = (SELECT oid FROM pg_database WHERE datname ="
                      + " current_database())")
              .query(Boolean.class)
              .list();
          return sent(second).contains("b") || relays.getFirst().failure() != null;
        });
    // Whichever holds the lock now sends what was not acknowledged.
    Samples.until(
        () -> {
          first.completeNext();
          second.completeNext();
          return waiting().isEmpty();
        });
  }

  private JdbcClient superuser() {
    String url = ((DriverManagerDataSource) dataSource).getUrl();
    return JdbcClient.create(
        new DriverManagerDataSource(
            String.valueOf(url), Samples.superuser().user(), Samples.superuser().password()));
  }

  @Test
  void aDatabaseThatIsAwayIsWaitedFor() throws Exception {
    MockProducer<String, byte[]> broker = broker();
    OutboxRelay relay =
        new OutboxRelay(
            new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/none"),
            new OutboxTable("sample"),
            broker);
    relays.add(relay);
    relay.start();
    Samples.until(() -> relay.failure() != null);
    assertThat(relay.isRunning()).isTrue();
  }
}
