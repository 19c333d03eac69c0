package dev.sotto.billing.credit;

import dev.sotto.billing.journal.Balances;
import dev.sotto.billing.journal.Journal;
import dev.sotto.billing.journal.Posted;
import dev.sotto.billing.ledger.Account;
import dev.sotto.billing.ledger.Posting;
import dev.sotto.billing.pricing.Price;
import dev.sotto.billing.pricing.PriceBook;
import dev.sotto.billing.usage.UsageLine;
import dev.sotto.billing.usage.UsageLines;
import dev.sotto.platform.data.Tenancy;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does to a tenant's ledger: give credit, take a grant back, correct a settlement.
 * Only ever by further transactions.
 */
public final class Corrections {
  private final Tenancy tenancy;
  private final Balances balances;
  private final Journal journal;
  private final Reservations reservations;
  private final PriceBook prices;
  private final UsageLines usage;
  private final int operatorShare;

  Corrections(
      Tenancy tenancy,
      Balances balances,
      Journal journal,
      Reservations reservations,
      PriceBook prices,
      UsageLines usage,
      int operatorShare) {
    this.tenancy = tenancy;
    this.balances = balances;
    this.journal = journal;
    this.reservations = reservations;
    this.prices = prices;
    this.usage = usage;
    this.operatorShare = operatorShare;
  }

  /**
   * Gives a tenant credit.
   *
   * @param reference names the grant; the same one is given once
   * @return whether it was given now
   */
  public boolean grant(UUID tenant, long micros, String reference) {
    return tenancy.inTenant(
        tenant,
        () -> {
          balances.lock(tenant);
          Posting posting = Posting.grant(micros);
          boolean posted = journal.post(about(tenant, "grant:" + reference), posting);
          if (posted) {
            balances.apply(tenant, posting);
          }
          return posted;
        });
  }

  private static Journal.About about(UUID tenant, String cause) {
    return new Journal.About(tenant, null, cause, null, null, null);
  }

  /** Takes a grant back, once; NotPossible when it is unknown or its credit is used. */
  public boolean takeBack(UUID tenant, String reference) {
    return tenancy.inTenant(
        tenant,
        () -> {
          long available = balances.lock(tenant);
          Posted grant =
              journal
                  .posted(tenant, "grant:" + reference)
                  .orElseThrow(() -> new NotPossible("reference", "There is no such grant"));
          Posting undone = Posting.reverse(grant.posting());
          String cause = "reverse:" + grant.id();
          if (journal.posted(tenant, cause).isPresent()) {
            return false;
          }
          if (available + undone.on(Account.CREDIT) < 0) {
            throw new NotPossible("reference", "The credit of this grant is used already");
          }
          journal.post(new Journal.About(tenant, null, cause, null, null, grant.id()), undone);
          balances.apply(tenant, undone);
          return true;
        });
  }

  /**
   * Settles a job anew at other counts: reverses its settlement and makes another, at the price and
   * within the reservation of the first.
   *
   * @return what the job costs now, in micro-units; NotPossible when it is not settled, or would
   *     cost more than the tenant or project has
   */
  public long correct(UUID tenant, String jobId, int promptTokens, int completionTokens) {
    return tenancy.inTenant(
        tenant,
        () -> {
          long available = balances.lock(tenant);
          Reservation job =
              reservations
                  .find(jobId)
                  .filter(found -> found.state() == Reservation.State.SETTLED)
                  .orElseThrow(() -> new NotPossible("job_id", "There is no such settled job"));
          Price price =
              prices
                  .price(job.version(), job.model(), job.protection())
                  .orElseThrow(() -> new NotPossible("job_id", "The price of this job is gone"));
          long cost = price.cost(promptTokens, completionTokens);
          if (cost > job.reserved()) {
            throw new NotPossible("tokens", "A job costs at most what was reserved for it");
          }
          List<UsageLine> lines = usage.of(jobId);
          long before = lines.stream().mapToLong(UsageLine::cost).sum();
          fits(job, available, cost - before);
          rewrite(job, lines.size(), cost);
          usage.add(difference(job, lines, promptTokens, completionTokens, cost));
          return cost;
        });
  }

  private void fits(Reservation job, long available, long more) {
    new Quota(
            available,
            balances.cap(job.tenantId(), job.projectId()),
            balances.used(job.tenantId(), job.projectId(), job.countsFor()))
        .refusal(Math.max(more, 0))
        .filter(refusal -> more > 0)
        .ifPresent(
            refusal -> {
              throw new NotPossible("tokens", refusal);
            });
  }

  private void rewrite(Reservation job, int settlements, long cost) {
    Posting anew = Posting.settle(job.reserved(), cost, operatorShare);
    String last = "settle:" + job.jobId() + ":" + settlements;
    // A settlement of nothing reserved has posted nothing, and then neither does this one.
    journal
        .posted(job.tenantId(), last)
        .ifPresent(
            wrong -> {
              Posting undone = Posting.reverse(wrong.posting());
              post(job, "reverse:" + wrong.id(), wrong.id(), undone);
              post(job, "settle:" + job.jobId() + ":" + (settlements + 1), null, anew);
              balances.apply(job.tenantId(), job.projectId(), job.countsFor(), undone, anew);
            });
  }

  private void post(Reservation job, String cause, @Nullable UUID reverses, Posting posting) {
    journal.post(
        new Journal.About(
            job.tenantId(), job.projectId(), cause, job.jobId(), job.version(), reverses),
        posting);
  }

  private static UsageLine difference(
      Reservation job, List<UsageLine> lines, int promptTokens, int completionTokens, long cost) {
    return new UsageLine(
        job.tenantId(),
        job.projectId(),
        lines.getFirst().keyId(),
        job.jobId(),
        lines.size() + 1,
        job.model(),
        job.protection(),
        job.version(),
        0,
        promptTokens - lines.stream().mapToLong(UsageLine::promptTokens).sum(),
        completionTokens - lines.stream().mapToLong(UsageLine::completionTokens).sum(),
        cost - lines.stream().mapToLong(UsageLine::cost).sum());
  }
}
