package dev.sotto.billing.credit;

import dev.sotto.billing.credit.Reservation.State;
import dev.sotto.billing.journal.Balances;
import dev.sotto.billing.journal.Journal;
import dev.sotto.billing.ledger.Posting;
import dev.sotto.billing.pricing.Price;
import dev.sotto.billing.pricing.PriceBook;
import dev.sotto.billing.usage.UsageLine;
import dev.sotto.billing.usage.UsageLines;
import dev.sotto.contracts.event.CreditGranted;
import dev.sotto.contracts.event.CreditRefused;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.Outbox;
import dev.sotto.platform.event.UnusableEvent;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job's money, from its reservation to its end. Everything may come twice, and in any order: what
 * counts is the state of the job's reservation, under the lock of the tenant's account.
 */
public final class CreditDesk {
  private static final Duration LONGEST = Duration.ofDays(7);

  private final Tenancy tenancy;
  private final Balances balances;
  private final Journal journal;
  private final Reservations reservations;
  private final PriceBook prices;
  private final UsageLines usage;
  private final Outbox outbox;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final int operatorShare;

  CreditDesk(
      Tenancy tenancy,
      Balances balances,
      Journal journal,
      Reservations reservations,
      PriceBook prices,
      UsageLines usage,
      Outbox outbox,
      MeterRegistry meters,
      InstantSource clock,
      int operatorShare) {
    this.tenancy = tenancy;
    this.balances = balances;
    this.journal = journal;
    this.reservations = reservations;
    this.prices = prices;
    this.usage = usage;
    this.outbox = outbox;
    this.meters = meters;
    this.clock = clock;
    this.operatorShare = operatorShare;
  }

  /** Reserves a job's worst cost, or refuses, and tells which; the same answer when asked again. */
  public void request(CreditRequested asked) {
    tenancy.inTenant(
        asked.tenantId(),
        () -> {
          long available = balances.lock(asked.tenantId());
          Event answer =
              reservations
                  .find(asked.jobId())
                  .map(CreditDesk::answer)
                  .orElseGet(() -> decide(asked, available));
          outbox.tell(answer);
          meters
              .counter("sotto.billing.decisions", "decision", answer.getClass().getSimpleName())
              .increment();
        });
  }

  private static Event answer(Reservation known) {
    return switch (known.state()) {
      case REFUSED ->
          new CreditRefused(known.jobId(), text(known.refusalCode()), text(known.refusalMessage()));
      case ENDED_FIRST ->
          new CreditRefused(known.jobId(), "job_ended", "The job has ended already");
      case OPEN, SETTLED, RELEASED, EXPIRED -> new CreditGranted(known.jobId());
    };
  }

  private static String text(@Nullable String stored) {
    return stored == null ? "" : stored;
  }

  private Event decide(CreditRequested asked, long available) {
    LocalDate month = clock.instant().atZone(ZoneOffset.UTC).toLocalDate().withDayOfMonth(1);
    Optional<Price> price = prices.price(asked.model(), asked.protection());
    if (price.isEmpty()) {
      return refuse(
          asked, "unknown_model", "There is no price for this model; ask for a listed one");
    }
    long cost = price.get().cost(asked.promptTokens(), asked.maxTokens());
    Quota quota =
        new Quota(
            available,
            balances.cap(asked.tenantId(), asked.projectId()),
            balances.used(asked.tenantId(), asked.projectId(), month));
    Optional<String> refusal = quota.refusal(cost);
    if (refusal.isPresent()) {
      return refuse(asked, "insufficient_quota", refusal.get());
    }
    int version = price.get().version();
    Reservation open = row(asked, State.OPEN, version, cost, month, null, null);
    reservations.insert(open);
    post(open, "reserve:" + asked.jobId(), Posting.reserve(cost));
    return new CreditGranted(asked.jobId());
  }

  private Event refuse(CreditRequested asked, String code, String message) {
    reservations.insert(row(asked, State.REFUSED, null, 0, null, code, message));
    return new CreditRefused(asked.jobId(), code, message);
  }

  private Reservation row(
      CreditRequested asked,
      State state,
      @Nullable Integer version,
      long reserved,
      @Nullable LocalDate month,
      @Nullable String code,
      @Nullable String message) {
    return new Reservation(
        asked.jobId(),
        asked.tenantId(),
        asked.projectId(),
        asked.model(),
        asked.protection().label(),
        state,
        version,
        reserved,
        month,
        code,
        message,
        expiry(asked.expiresAt()));
  }

  /** As asked, within bounds: neither before now nor so late that it never comes. */
  private Instant expiry(long asked) {
    long now = clock.millis();
    return Instant.ofEpochMilli(Math.clamp(asked, now, now + LONGEST.toMillis()));
  }

  /** Settles what a job has cost, or gives back what was reserved for it. */
  public void end(JobEnded ended) {
    tenancy.inTenant(
        ended.tenantId(),
        () -> {
          balances.lock(ended.tenantId());
          Optional<Reservation> known = reservations.find(ended.jobId());
          if (known.isEmpty()) {
            endFirst(ended);
          } else if (known.get().state() == State.OPEN) {
            if (ended.outcome().billable()) {
              settle(known.get(), ended);
            } else {
              close(known.get(), State.RELEASED, Posting.release(known.get().reserved()));
            }
          } else if (known.get().state() == State.EXPIRED && ended.outcome().billable()) {
            meters.counter("sotto.billing.lapsed").increment(); // the platform bears it
          }
        });
  }

  /** Remembers the end, so that a request that comes later reserves nothing. */
  private void endFirst(JobEnded ended) {
    reservations.insert(
        new Reservation(
            ended.jobId(),
            ended.tenantId(),
            ended.projectId(),
            ended.model(),
            ended.protection().label(),
            State.ENDED_FIRST,
            null,
            0,
            null,
            null,
            null,
            clock.instant()));
  }

  private void settle(Reservation open, JobEnded ended) {
    Price price = price(open);
    long full = price.cost(ended.promptTokens(), ended.completionTokens());
    long cost = Math.min(full, open.reserved());
    if (full > cost) {
      // More tokens than were asked for: not the caller's doing.
      meters.counter("sotto.billing.overrun").increment();
    }
    post(
        open,
        "settle:" + open.jobId() + ":1",
        Posting.settle(open.reserved(), cost, operatorShare));
    reservations.state(open.jobId(), State.SETTLED);
    usage.add(
        new UsageLine(
            open.tenantId(),
            open.projectId(),
            ended.keyId(),
            open.jobId(),
            1,
            open.model(),
            open.protection(),
            open.version(),
            1,
            ended.promptTokens(),
            ended.completionTokens(),
            cost));
    meters.counter("sotto.billing.settled").increment();
  }

  private Price price(Reservation open) {
    return prices
        .price(open.version(), open.model(), open.protection())
        .orElseThrow(() -> new UnusableEvent("The price that a job was reserved at is gone"));
  }

  private void close(Reservation open, State state, Posting posting) {
    String verb = state == State.EXPIRED ? "expire:" : "release:";
    post(open, verb + open.jobId(), posting);
    reservations.state(open.jobId(), state);
  }

  private void post(Reservation of, String cause, Posting posting) {
    Journal.About about =
        new Journal.About(of.tenantId(), of.projectId(), cause, of.jobId(), of.version(), null);
    if (journal.post(about, posting)) {
      balances.apply(of.tenantId(), of.projectId(), of.countsFor(), posting);
    }
  }

  /** Gives back what was reserved for jobs of whose end nobody has told within a grace. */
  public int expire(Duration grace) {
    int expired = 0;
    for (Reservation lapsed : tenancy.asWorker(() -> reservations.lapsed(grace))) {
      expired +=
          tenancy.inTenant(lapsed.tenantId(), () -> expire(lapsed.tenantId(), lapsed.jobId()));
    }
    if (expired > 0) {
      meters.counter("sotto.billing.expired").increment(expired);
    }
    return expired;
  }

  private int expire(UUID tenant, String jobId) {
    balances.lock(tenant);
    Optional<Reservation> open =
        reservations.find(jobId).filter(found -> found.state() == State.OPEN);
    open.ifPresent(found -> close(found, State.EXPIRED, Posting.expire(found.reserved())));
    return open.isPresent() ? 1 : 0;
  }
}
