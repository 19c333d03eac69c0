package dev.sotto.orchestration.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.disposable.DisposableData;
import dev.sotto.disposable.Postgres;
import dev.sotto.orchestration.world.Until;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Processes of one service, here threads with connections of their own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenureTest {
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final JdbcClient server = JdbcClient.create(database("postgres"));

  private static DataSource database(String name) {
    Postgres postgres = DisposableData.postgres();
    return new DriverManagerDataSource(
        postgres.url(name), postgres.superuser(), postgres.password());
  }

  @BeforeAll
  void prepare() {
    server.sql("CREATE DATABASE tenure_test").update();
    JdbcClient inside = JdbcClient.create(database("tenure_test"));
    inside.sql("CREATE TABLE tenure (turn bigint NOT NULL)").update();
    inside.sql("INSERT INTO tenure VALUES (0)").update();
  }

  private Tenure tenure() {
    Tenure tenure =
        new Tenure(database("tenure_test"), begun::incrementAndGet, lost::incrementAndGet);
    tenure.start();
    return tenure;
  }

  private void cut() {
    server
        .sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = 'tenure_test' AND pid <> pg_backend_pid()")
        .query(Boolean.class)
        .list();
  }

  /** The database's processes for connections to it. */
  private Set<Integer> connections() {
    return Set.copyOf(
        server
            .sql("SELECT pid FROM pg_stat_activity WHERE datname = 'tenure_test'")
            .query(Integer.class)
            .list());
  }

  @Test
  void oneActsAndAnotherTakesOver() {
    Tenure first = tenure();
    Until.holds("the first acts", first::holding);
    assertThat(begun.get()).isEqualTo(1);
    Set<Integer> before = connections();
    cut(); // nobody else is there: it goes on as if nothing had happened
    // It may be back sooner than anybody looks, so what is awaited is its new connection.
    Until.holds(
        "it goes on",
        () -> first.holding() && connections().stream().anyMatch(pid -> !before.contains(pid)));
    assertThat(begun.get()).isEqualTo(1);
    Tenure second = tenure();
    try {
      assertThat(second.holding()).isFalse();
      first.close();
      Until.holds("the second acts", second::holding);
      assertThat(begun.get()).isEqualTo(2);
      assertThat(lost.get()).isZero();
      // Somebody else acts while the second's connection is broken.
      server.sql("ALTER DATABASE tenure_test ALLOW_CONNECTIONS false").update();
      cut();
      Until.holds("it notices", () -> !second.holding());
      server.sql("ALTER DATABASE tenure_test ALLOW_CONNECTIONS true").update();
      assertThat(
              JdbcClient.create(database("tenure_test"))
                  .sql("UPDATE tenure SET turn = turn + 1")
                  .update())
          .isEqualTo(1);
      Until.holds("it stops for good", () -> lost.get() == 1 || second.holding());
    } finally {
      second.close();
    }
    assertThat(second.holding()).isFalse();
  }
}
