package dev.sotto.billing.credit;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What billing knows of a job.
 *
 * @param jobId the job
 * @param tenantId who pays
 * @param projectId a division of the tenant
 * @param model its name, as callers know it
 * @param protection what it is given, as it is written everywhere
 * @param state what became of it
 * @param priceVersion the price book's version; null when nothing was reserved
 * @param reserved micro-units
 * @param month the month it counts for, by its first day; null when nothing was reserved
 * @param refusalCode why it was refused, for programs; null when it was not
 * @param refusalMessage the same for people
 * @param expiresAt when it lapses, grace not counted
 */
record Reservation(
    String jobId,
    UUID tenantId,
    UUID projectId,
    String model,
    String protection,
    State state,
    @Nullable Integer priceVersion,
    long reserved,
    @Nullable LocalDate month,
    @Nullable String refusalCode,
    @Nullable String refusalMessage,
    Instant expiresAt) {
  /** Exactly one at a time; see the ledger's README. */
  enum State {
    OPEN,
    SETTLED,
    RELEASED,
    EXPIRED,
    REFUSED,
    ENDED_FIRST
  }

  /** The version that it was reckoned with. */
  int version() {
    if (priceVersion == null) {
      throw new IllegalStateException("Nothing was reserved for this job");
    }
    return priceVersion;
  }

  /** The month that it counts for. */
  LocalDate countsFor() {
    if (month == null) {
      throw new IllegalStateException("Nothing was reserved for this job");
    }
    return month;
  }
}
