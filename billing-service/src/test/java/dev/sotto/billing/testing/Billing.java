package dev.sotto.billing.testing;

import dev.sotto.billing.BillingService;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.disposable.DisposableData;
import dev.sotto.disposable.Postgres;
import dev.sotto.platform.data.ServiceLogin;
import dev.sotto.platform.data.Superuser;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.start.DisposableInstallation;
import dev.sotto.platform.start.ServiceStart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

  private static final Map<String, Object> OWN =
      Map.of(
          "sotto.billing.starting-credit-micros",
          STARTING,
          "sotto.billing.operator-share",
          7000,
          "sotto.billing.prices[0].model",
          "made-up",
          "sotto.billing.prices[0].protection",
          "passive",
          "sotto.billing.prices[0].prompt-per-million",
          TOKEN_PRICE * 1_000_000,
          "sotto.billing.prices[0].completion-per-million",
          TOKEN_PRICE * 1_000_000);

  private final DisposableInstallation installation;
  private final ConfigurableApplicationContext context;

  public Billing() {
    this(installation());
  }

  private Billing(DisposableInstallation installation) {
    this.installation = installation;
    ServiceStart start =
        installation
            .service(BillingService.class, "billing")
            .set("sotto.platform.internal-token-file", tokenFile().toString());
    OWN.forEach(start::set);
    context = start.run();
  }

  private static DisposableInstallation installation() {
    Postgres server = DisposableData.postgres();
    return new DisposableInstallation(
        new Superuser(server.url("postgres"), server.superuser(), server.password()),
        DisposableData.kafka().bootstrap());
  }

  /** Another service on the same data. */
  public Billing again() {
    return new Billing(installation);
  }

  /** What a process needs to run on the same data, as a settings file. */
  public String settings() {
    ServiceLogin login = installation.login("billing");
    Map<String, Object> all = new LinkedHashMap<>(OWN);
    all.put("server.port", 0);
    all.put("sotto.platform.instance", "killed");
    all.put("sotto.platform.internal-token-file", tokenFile().toString());
    all.put("spring.datasource.url", installation.url());
    all.put("spring.datasource.password", login.appPassword());
    all.put("spring.flyway.password", login.ownerPassword());
    all.put("spring.kafka.bootstrap-servers", DisposableData.kafka().bootstrap());
    StringBuilder yaml = new StringBuilder();
    all.forEach((key, value) -> yaml.append(key).append(": \"").append(value).append("\"\n"));
    return yaml.toString();
  }

  /** How many lines of usage a tenant has, and what they cost. */
  public record Used(long rows, long cost) {}

  public Used usage(UUID tenant) {
    return get(Tenancy.class)
        .inTenant(
            tenant,
            () ->
                jdbc()
                    .sql("SELECT count(*), coalesce(sum(cost), 0)::bigint FROM usage_line")
                    .query((row, number) -> new Used(row.getLong(1), row.getLong(2)))
                    .single());
  }

  /** Whether a verdict that a job's lanes disagree was taken note of. */
  public boolean noted(UUID tenant, String job) {
    return get(Tenancy.class)
        .inTenant(
            tenant,
            () ->
                jdbc()
                        .sql("SELECT count(*) FROM disagreement WHERE job_id = ?")
                        .param(job)
                        .query(Integer.class)
                        .single()
                    > 0);
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
