package dev.sotto.platform.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.platform.start.DisposableInstallation;
import dev.sotto.platform.testing.SampleService;
import dev.sotto.platform.testing.Samples;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenancyTest {
  private static final UUID ANN = UUID.randomUUID();
  private static final UUID BOB = UUID.randomUUID();

  private final DisposableInstallation installation = Samples.installation();
  private ConfigurableApplicationContext context;
  private Tenancy tenancy;
  private JdbcClient jdbc;

  @BeforeAll
  void start() {
    context = installation.service(SampleService.class, "sample").runWithoutWeb();
    tenancy = context.getBean(Tenancy.class);
    jdbc = context.getBean(JdbcClient.class);
    for (UUID tenant : List.of(ANN, BOB)) {
      tenancy.inTenant(
          tenant,
          () -> {
            jdbc.sql("INSERT INTO note (tenant_id, word) VALUES (?, 'first')")
                .param(tenant)
                .update();
          });
    }
  }

  @AfterAll
  void stop() {
    context.close();
  }

  private int visible() {
    return jdbc.sql("SELECT count(*) FROM note").query(Integer.class).single();
  }

  @Test
  void whatWentWrongFirstIsThrownWhereNothingCanBeRolledBackEither() {
    assertThatThrownBy(
            () ->
                tenancy.asWorker(
                    () ->
                        jdbc.sql("SELECT pg_terminate_backend(pg_backend_pid())")
                            .query((row, number) -> 1)
                            .list()))
        .isInstanceOf(DataAccessResourceFailureException.class);
    assertThat(tenancy.inTenant(ANN, this::visible)).isPositive();
  }

  @Test
  void aTenantSeesItsOwnRows() {
    List<UUID> seen =
        tenancy.inTenant(
            ANN, () -> jdbc.sql("SELECT tenant_id FROM note").query(UUID.class).list());
    assertThat(seen).containsOnly(ANN);
  }

  @Test
  void whoNamesNoTenantSeesNothingAndWritesNothing() {
    assertThat(visible()).isZero();
    assertThatThrownBy(
            () ->
                jdbc.sql("INSERT INTO note (tenant_id, word) VALUES (?, 'stray')")
                    .param(ANN)
                    .update())
        .isInstanceOf(DataAccessException.class)
        .hasStackTraceContaining("row-level security");
  }

  @Test
  void aTenantReachesNobodyElsesRows() {
    assertThatThrownBy(
            () ->
                tenancy.inTenant(
                    ANN,
                    () ->
                        jdbc.sql("INSERT INTO note (tenant_id, word) VALUES (?, 'planted')")
                            .param(BOB)
                            .update()))
        .hasStackTraceContaining("row-level security");
    int changed =
        tenancy.inTenant(
            ANN,
            () ->
                jdbc.sql("UPDATE note SET word = 'changed' WHERE tenant_id = ?")
                    .param(BOB)
                    .update());
    assertThat(changed).isZero();
    assertThatThrownBy(
            () ->
                tenancy.inTenant(
                    ANN, () -> jdbc.sql("UPDATE note SET tenant_id = ?").param(BOB).update()))
        .hasStackTraceContaining("row-level security");
  }

  @Test
  void aWorkerHasWhatItsPolicyGives() {
    assertThat(tenancy.asWorker(this::visible)).isGreaterThanOrEqualTo(2);
    int deleted = tenancy.asWorker(() -> jdbc.sql("DELETE FROM note").update());
    assertThat(deleted).isZero();
  }

  @Test
  void aScopeEndsWithItsBlock() {
    tenancy.asWorker(
        () -> {
          int all = visible();
          int anns = tenancy.inTenant(ANN, this::visible);
          assertThat(anns).isLessThan(all);
          assertThat(visible()).isEqualTo(all);
        });
    assertThat(visible()).isZero(); // on whatever pooled connection
  }

  @Test
  void aScopeEndsWithItsTransactionWhenWorkFails() {
    assertThatThrownBy(
            () ->
                tenancy.inTenant(
                    ANN,
                    () -> {
                      throw new IllegalArgumentException("on purpose");
                    }))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(visible()).isZero();
  }

  @Test
  void theOwnerIsBoundTooAndTheApplicationCannotLiftIt() {
    ServiceLogin login = installation.login("sample");
    JdbcClient owner =
        JdbcClient.create(
            new DriverManagerDataSource(installation.url(), login.owner(), login.ownerPassword()));
    assertThat(owner.sql("SELECT count(*) FROM note").query(Integer.class).single()).isZero();
    for (String attempt :
        List.of(
            "ALTER TABLE note DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE note NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY own_tenant ON note",
            "ALTER ROLE sample_app BYPASSRLS",
            "SET ROLE sample_owner",
            "CREATE TABLE mine (n int)",
            "TRUNCATE note")) {
      assertThatThrownBy(() -> jdbc.sql(attempt).update())
          .as(attempt)
          .isInstanceOf(DataAccessException.class);
    }
    assertThat(visible()).isZero();
  }

  @Test
  void aServiceCannotLookIntoAnothersSchema() {
    DatabaseSetup.prepare(
        Samples.superuser(),
        installation.url().replaceFirst(".*/", ""),
        List.of(installation.login("other")));
    ServiceLogin other = installation.login("other");
    JdbcClient stranger =
        JdbcClient.create(
            new DriverManagerDataSource(installation.url(), other.app(), other.appPassword()));
    assertThatThrownBy(
            () -> stranger.sql("SELECT count(*) FROM sample.note").query(Integer.class).single())
        .hasStackTraceContaining("permission denied");
  }

  @Test
  void preparingAgainChangesNothing() {
    ServiceLogin login = installation.login("sample");
    DatabaseSetup.prepare(
        Samples.superuser(), installation.url().replaceFirst(".*/", ""), List.of(login));
    assertThat(tenancy.asWorker(this::visible)).isGreaterThanOrEqualTo(2);
    assertThat(login.toString()).doesNotContain(login.appPassword());
    assertThat(Samples.superuser().toString()).doesNotContain(Samples.superuser().password());
  }
}
