package dev.sotto.billing.testing;

import dev.sotto.billing.BillingService;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.data.DisposableData;
import dev.sotto.data.PostgresServer;
import dev.sotto.platform.data.ServiceLogin;
import dev.sotto.platform.data.Superuser;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.start.DisposableInstallation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A billing service on real data, and what a test asks of it. */
public final class Billing implements AutoCloseable {
  public static final String TOKEN = "t".repeat(40);

  /** Micro-units: what a tenant has at first. */
  public static final long STARTING = 1_000_000;

  /** Micro-units: what a token costs here, of prompt and answer alike. */
  public static final long TOKEN_PRICE = 10;

  private final DisposableInstallation installation;
  private final ConfigurableApplicationContext context;

  public Billing() {
    PostgresServer server = DisposableData.postgres();
    installation =
        new DisposableInstallation(
            new Superuser(server.url("postgres"), server.superuser(), server.password()),
            DisposableData.kafka().bootstrap());
    context =
        installation
            .service(BillingService.class, "billing")
            .set("sotto.platform.internal-token-file", tokenFile().toString())
            .set("sotto.billing.starting-credit-micros", STARTING)
            .set("sotto.billing.operator-share", 7000)
            .set("sotto.billing.prices[0].model", "made-up")
            .set("sotto.billing.prices[0].protection", "passive")
            .set("sotto.billing.prices[0].prompt-per-million", TOKEN_PRICE * 1_000_000)
            .set("sotto.billing.prices[0].completion-per-million", TOKEN_PRICE * 1_000_000)
            .run();
  }

  private static Path tokenFile() {
    try {
      Path file = Files.createTempFile("token", null);
      file.toFile().deleteOnExit();
      return Files.writeString(file, TOKEN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public <T> T get(Class<T> type) {
    return context.getBean(type);
  }

  public JdbcClient jdbc() {
    return get(JdbcClient.class);
  }

  public JdbcClient owner() {
    ServiceLogin login = installation.login("billing");
    return JdbcClient.create(
        new DriverManagerDataSource(installation.url(), login.owner(), login.ownerPassword()));
  }

  public int port() {
    return Integer.parseInt(
        String.valueOf(context.getEnvironment().getProperty("local.server.port")));
  }

  public static CreditRequested asked(
      UUID tenant, UUID project, String job, int promptTokens, int maxTokens) {
    long expiresAt = System.currentTimeMillis() + 600_000;
    return new CreditRequested(
        job, tenant, project, "made-up", Protection.PASSIVE, promptTokens, maxTokens, expiresAt);
  }

  public static JobEnded ended(
      UUID tenant, UUID project, String job, Outcome outcome, int prompt, int completion) {
    return new JobEnded(
        job,
        tenant,
        project,
        new UUID(0, 7),
        "made-up",
        Protection.PASSIVE,
        outcome,
        "",
        "",
        false,
        prompt,
        completion,
        List.of());
  }

  public static String job() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  public String state(UUID tenant, String job) {
    return get(Tenancy.class)
        .inTenant(
            tenant,
            () ->
                jdbc()
                    .sql("SELECT state FROM reservation WHERE job_id = ?")
                    .param(job)
                    .query(String.class)
                    .optional()
                    .orElse("NONE"));
  }

  /** The sum of an account of a tenant, from the ledger's entries. */
  public long sum(UUID tenant, String account) {
    return get(Tenancy.class)
        .inTenant(
            tenant,
            () ->
                jdbc()
                    .sql(
                        "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entry"
                            + " WHERE tenant_id = ? AND account = ?")
                    .params(tenant, account)
                    .query(Long.class)
                    .single());
  }

  /** Where what is kept differs from what is written: nowhere. */
  public List<Map<String, Object>> differences() {
    return get(Tenancy.class)
        .asWorker(() -> jdbc().sql("SELECT * FROM ledger_difference").query().listOfRows());
  }

  /** Returns once a condition holds; fails after a minute. */
  public static void until(BooleanSupplier condition) throws InterruptedException {
    java.util.concurrent.CountDownLatch never = new java.util.concurrent.CountDownLatch(1);
    for (int i = 0; i < 3000; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      if (never.await(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
        return;
      }
    }
    throw new AssertionError("The condition did not come to hold within a minute");
  }

  @Override
  public void close() {
    context.close();
  }
}
