package dev.sotto.platform.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.event.CreditGranted;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.Topic;
import dev.sotto.data.KafkaServer;
import dev.sotto.data.PostgresServer;
import dev.sotto.platform.data.Superuser;
import dev.sotto.platform.start.DisposableInstallation;
import dev.sotto.platform.testing.SampleService;
import dev.sotto.platform.testing.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** A service goes on by itself when its broker or its database is killed and comes back. */
class KilledDataTest {
  @TempDir Path folder;

  @Test
  void aServiceOutlivesItsBrokerAndItsDatabase() throws Exception {
    PostgresServer postgres = PostgresServer.start(folder.resolve("pg"), 0);
    KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"), 0);
    List<String> told = new ArrayList<>();
    try (ConfigurableApplicationContext context = start(postgres, kafka)) {
      JdbcClient jdbc = context.getBean(JdbcClient.class);
      context
          .getBean(EventConsumers.class)
          .subscribe("sample", List.of(Topic.CREDIT_DECISIONS), record -> take(jdbc, record));
      told.add(tell(context));
      Samples.until(() -> effects(jdbc).equals(told));

      kill(kafka.process());
      told.add(tell(context)); // the database takes it, the broker gets it later
      kafka = KafkaServer.start(folder.resolve("kafka"), kafka.port());
      Samples.until(() -> sorted(effects(jdbc)).equals(sorted(told)));

      kill(postgres.process());
      postgres = PostgresServer.start(folder.resolve("pg"), postgres.port());
      Samples.until(
          () -> {
            try {
              return told.add(tell(context)); // once the pool has noticed
            } catch (DataAccessException | TransactionException e) {
              return false;
            }
          });
      Samples.until(() -> sorted(effects(jdbc)).equals(sorted(told)));
      assertThat(told).hasSize(3);
    } finally {
      kafka.close();
      postgres.close();
    }
  }

  private static ConfigurableApplicationContext start(PostgresServer postgres, KafkaServer kafka) {
    return new DisposableInstallation(
            new Superuser(postgres.url("postgres"), postgres.superuser(), postgres.password()),
            kafka.bootstrap())
        .service(SampleService.class, "sample")
        .runWithoutWeb();
  }

  private static void take(JdbcClient jdbc, EventRecord told) {
    jdbc.sql("INSERT INTO effect (consumer, job) VALUES ('sample', ?)")
        .param(((CreditGranted) told.event()).jobId())
        .update();
  }

  private static String tell(ConfigurableApplicationContext context) {
    CreditGranted event = Samples.event();
    new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
        .executeWithoutResult(status -> context.getBean(Outbox.class).tell(event));
    return event.jobId();
  }

  private static List<String> effects(JdbcClient jdbc) {
    try {
      return jdbc.sql("SELECT job FROM effect ORDER BY id").query(String.class).list();
    } catch (DataAccessException e) {
      return List.of("the database is away");
    }
  }

  private static List<String> sorted(List<String> jobs) {
    return jobs.stream().sorted().toList();
  }

  private static void kill(ProcessHandle process) throws Exception {
    process.destroyForcibly();
    process.onExit().get(60, TimeUnit.SECONDS);
  }
}
