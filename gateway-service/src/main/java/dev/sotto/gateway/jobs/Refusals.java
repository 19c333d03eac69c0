package dev.sotto.gateway.jobs;

import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.JobRefused.Kind;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.event.JobEnded.Outcome;
import java.util.Locale;

/** What callers are told when a job is not there, not theirs, or over. */
final class Refusals {
  private Refusals() {}

  static JobRefused unknown() {
    return new JobRefused(Kind.NOT_FOUND, "job_not_found", "There is no such job.", false);
  }

  static JobRefused taken(JobId id) {
    return new JobRefused(
        Kind.CONFLICT, "job_id_taken", "Job " + id + " was asked for differently before.", false);
  }

  static JobRefused conflict(String code, String message) {
    return new JobRefused(Kind.CONFLICT, code, message, false);
  }

  static JobRefused unavailable(String message) {
    return new JobRefused(Kind.UNAVAILABLE, "unavailable", message, true);
  }

  static JobRefused expired() {
    return new JobRefused(
        Kind.EXPIRED, "deadline_exceeded", "The job's deadline passed before it was done.", true);
  }

  static JobRefused stranded(String code, String message, boolean retryable) {
    return ended(Outcome.FAILED, code, message, retryable);
  }

  static JobRefused ended(JobRow.End end) {
    return ended(end.outcome(), end.code(), end.message(), end.retryable());
  }

  static JobRefused ended(Outcome outcome, String code, String message, boolean retryable) {
    Kind kind =
        switch (outcome) {
          case COMPLETED, CANCELLED -> Kind.CONFLICT;
          case FAILED -> Kind.FAILED;
          case EXPIRED -> Kind.EXPIRED;
          case REFUSED ->
              switch (code) {
                case "insufficient_quota", "queue_full" -> Kind.LIMITED;
                case "unknown_model", "model_not_found" -> Kind.NOT_FOUND;
                default -> retryable ? Kind.UNAVAILABLE : Kind.INVALID;
              };
        };
    String said = code.isEmpty() ? "job_" + lower(outcome) : code;
    String sentence =
        message.isEmpty() ? "The job is over: it was " + lower(outcome) + "." : message;
    return new JobRefused(kind, said, sentence, retryable);
  }

  private static String lower(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
