package dev.sotto.billing.credit;

import dev.sotto.billing.journal.Balances;
import dev.sotto.billing.usage.UsageLine;
import dev.sotto.billing.usage.UsageLines;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobVerified;
import dev.sotto.contracts.receipt.Verdict;
import dev.sotto.platform.data.Tenancy;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Gives back what a job has cost whose lanes disagree. Its caller may have made them: it moves
 * nothing but its own bill, and it could have called its lanes liars and paid nothing before.
 *
 * <p>A verdict and a job's end come on two topics, in any order; both lock the tenant's account, so
 * the later one sees the earlier.
 */
final class Refunds {
  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Balances balances;
  private final Reservations reservations;
  private final UsageLines usage;
  private final Corrections corrections;
  private final MeterRegistry meters;

  Refunds(
      Tenancy tenancy,
      JdbcClient jdbc,
      Balances balances,
      Reservations reservations,
      UsageLines usage,
      Corrections corrections,
      MeterRegistry meters) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.balances = balances;
    this.reservations = reservations;
    this.usage = usage;
    this.corrections = corrections;
    this.meters = meters;
  }

  /** Takes a verdict. */
  void verified(JobVerified told) {
    if (told.verdict() == Verdict.DISAGREE) {
      tenancy.inTenant(
          told.tenantId(),
          () -> {
            balances.lock(told.tenantId());
            note(told.jobId(), told.tenantId());
            giveBack(told.tenantId(), told.jobId());
          });
    }
  }

  /** After a job's end was taken, in the same transaction. */
  void ended(JobEnded ended) {
    tenancy.inTenant(
        ended.tenantId(),
        () -> {
          balances.lock(ended.tenantId());
          if (noted(ended.jobId())) {
            giveBack(ended.tenantId(), ended.jobId());
          }
        });
  }

  private void note(String job, UUID tenant) {
    jdbc.sql("INSERT INTO disagreement (job_id, tenant_id) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .params(job, tenant)
        .update();
  }

  private boolean noted(String job) {
    return jdbc.sql("SELECT count(*) FROM disagreement WHERE job_id = ?")
            .param(job)
            .query(Integer.class)
            .single()
        > 0;
  }

  private void giveBack(UUID tenant, String job) {
    boolean settled =
        reservations
            .find(job)
            .filter(found -> found.state() == Reservation.State.SETTLED)
            .isPresent();
    long cost = usage.of(job).stream().mapToLong(UsageLine::cost).sum();
    if (settled && cost > 0) {
      long _ = corrections.correct(tenant, job, 0, 0);
      meters.counter("sotto.billing.refunds").increment();
    }
  }
}
