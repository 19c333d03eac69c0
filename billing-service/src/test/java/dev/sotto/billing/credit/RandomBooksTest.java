package dev.sotto.billing.credit;

import static dev.sotto.billing.testing.Billing.STARTING;
import static dev.sotto.billing.testing.Billing.TOKEN_PRICE;
import static dev.sotto.billing.testing.Billing.asked;
import static dev.sotto.billing.testing.Billing.ended;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.billing.testing.Billing;
import dev.sotto.contracts.event.JobEnded.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Random sequences, repeated, in any order, rolled back at the last moment and done again: the
 * books balance, and hold what a few lines of arithmetic say.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RandomBooksTest {
  private static final long SEED = 20261126;
  private static final int STEPS = 600;
  private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

  private final Random random = new Random(SEED);
  private final List<UUID> tenants = List.of(UUID.randomUUID(), UUID.randomUUID());
  private final List<UUID> projects = List.of(UUID.randomUUID(), UUID.randomUUID());
  private final List<Job> jobs = new ArrayList<>();
  private final Map<UUID, Long> granted = new HashMap<>();
  private Billing billing;
  private TransactionTemplate transactions;

  /** What the test expects of a job; amounts in micro-units. */
  private static final class Job {
    final String id;
    final UUID tenant;
    final UUID project;
    final int prompt;
    final int most;
    String state = "NONE";
    long cost;

    Job(Random random, UUID tenant, UUID project) {
      this.id = "%016x%016x".formatted(random.nextLong(), random.nextLong());
      this.tenant = tenant;
      this.project = project;
      this.prompt = 1 + random.nextInt(6000);
      this.most = 1 + random.nextInt(6000);
    }

    long worst() {
      return (prompt + most) * TOKEN_PRICE;
    }
  }

  @BeforeAll
  void start() {
    billing = new Billing();
    transactions = new TransactionTemplate(billing.get(PlatformTransactionManager.class));
    tenants.forEach(tenant -> granted.put(tenant, STARTING));
  }

  @AfterAll
  void stop() {
    billing.close();
  }

  /** Does it, or fails to once or twice after all of its work, and then does it. */
  private void surviving(Runnable step) {
    while (random.nextInt(3) == 0) {
      transactions.executeWithoutResult(
          status -> {
            step.run();
            status.setRollbackOnly();
          });
    }
    step.run();
    if (random.nextInt(4) == 0) {
      step.run(); // delivered again
    }
  }

  private long available(UUID tenant) {
    long open = 0;
    for (Job job : jobs) {
      if (job.tenant.equals(tenant)) {
        open += job.state.equals("OPEN") ? job.worst() : job.cost;
      }
    }
    return granted.getOrDefault(tenant, 0L) - open;
  }

  private void request(Job job) {
    boolean fits = job.worst() <= available(job.tenant);
    surviving(
        () ->
            billing
                .get(CreditDesk.class)
                .request(asked(job.tenant, job.project, job.id, job.prompt, job.most)));
    if (job.state.equals("NONE")) {
      job.state = fits ? "OPEN" : "REFUSED";
    }
  }

  private void end(Job job) {
    Outcome outcome = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
    int completion = random.nextInt(job.most + 1);
    surviving(
        () ->
            billing
                .get(CreditDesk.class)
                .end(ended(job.tenant, job.project, job.id, outcome, job.prompt, completion)));
    if (job.state.equals("OPEN")) {
      job.state = outcome.billable() ? "SETTLED" : "RELEASED";
      job.cost = outcome.billable() ? (job.prompt + completion) * TOKEN_PRICE : 0;
    } else if (job.state.equals("NONE")) {
      job.state = "ENDED_FIRST";
    }
  }

  private void correct(Job job) {
    int completion = random.nextInt(job.most + 1);
    long cost = (job.prompt + completion) * TOKEN_PRICE;
    if (!job.state.equals("SETTLED") || cost - job.cost > available(job.tenant)) {
      return;
    }
    surviving(
        () -> billing.get(Corrections.class).correct(job.tenant, job.id, job.prompt, completion));
    job.cost = cost;
  }

  private void grant(int step) {
    UUID tenant = tenants.get(random.nextInt(tenants.size()));
    long micros = 1L + random.nextInt(10_000);
    surviving(() -> billing.get(Corrections.class).grant(tenant, micros, "gift-" + step));
    granted.merge(tenant, micros, Long::sum);
  }

  /** Lapses everything that was asked for long ago: here, by declaring one job's time over. */
  private void lapse(Job job) {
    billing
        .get(dev.sotto.platform.data.Tenancy.class)
        .inTenant(
            job.tenant,
            () ->
                billing
                    .jdbc()
                    .sql(
                        "UPDATE reservation SET expires_at = now() - interval '1 day' WHERE job_id = ?")
                    .param(job.id)
                    .update());
    surviving(() -> billing.get(CreditDesk.class).expire(Duration.ofHours(1)));
    if (job.state.equals("OPEN")) {
      job.state = "EXPIRED";
    }
  }

  @Test
  void everyLedgerBalances() {
    for (int step = 0; step < STEPS; step++) {
      if (jobs.isEmpty() || random.nextInt(3) == 0) {
        jobs.add(
            new Job(
                random,
                tenants.get(random.nextInt(tenants.size())),
                projects.get(random.nextInt(projects.size()))));
      }
      Job job = jobs.get(jobs.size() - 1 - random.nextInt(Math.min(jobs.size(), 8)));
      switch (random.nextInt(12)) {
        case 0 -> grant(step);
        case 1, 2 -> correct(job);
        case 3 -> lapse(job);
        case 4, 5, 6, 7 -> end(job);
        default -> request(job);
      }
    }
    assertThat(billing.differences()).isEmpty();
    for (Job job : jobs) {
      assertThat(billing.state(job.tenant, job.id)).as(job.id).isEqualTo(job.state);
    }
    assertThat(jobs.stream().map(job -> job.state).distinct())
        .contains("OPEN", "SETTLED", "RELEASED", "EXPIRED", "REFUSED", "ENDED_FIRST");
    for (UUID tenant : tenants) {
      long spent = jobs.stream().filter(j -> j.tenant.equals(tenant)).mapToLong(j -> j.cost).sum();
      assertThat(billing.sum(tenant, "CREDIT")).isEqualTo(available(tenant));
      assertThat(billing.sum(tenant, "REVENUE") + billing.sum(tenant, "OPERATOR_PAYABLE"))
          .isEqualTo(spent);
      assertThat(billing.sum(tenant, "FUNDING")).isEqualTo(-granted.getOrDefault(tenant, 0L));
    }
  }
}
