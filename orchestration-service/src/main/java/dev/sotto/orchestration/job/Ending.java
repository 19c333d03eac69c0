package dev.sotto.orchestration.job;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.event.CreditRefused;
import dev.sotto.contracts.event.JobFinishRequested.Reason;

/**
 * How a job is to end.
 *
 * @param state an ended one
 * @param code for programs, lower case with underscores; empty for COMPLETED
 * @param message for people, without content; empty for COMPLETED
 * @param retryable whether the same request may succeed later
 */
public record Ending(JobState state, String code, String message, boolean retryable) {
  private static final int MOST = 1024;

  /** IllegalArgumentException for a state that is live. */
  public Ending {
    if (state.live()) {
      throw new IllegalArgumentException(state + " is no end");
    }
    code = code.length() <= MOST ? code : code.substring(0, MOST);
    message = message.length() <= MOST ? message : message.substring(0, MOST);
  }

  /** Answered. */
  public static Ending completed() {
    return new Ending(JobState.COMPLETED, "", "", false);
  }

  /** The caller left. */
  public static Ending cancelled() {
    return new Ending(JobState.CANCELLED, "cancelled", "The caller cancelled the job.", false);
  }

  /** The caller sends nothing any more. */
  public static Ending abandoned() {
    return new Ending(
        JobState.CANCELLED,
        "caller_gone",
        "No step came for too long; the job's place was given to others.",
        false);
  }

  /** Its time is up. */
  public static Ending expired() {
    return new Ending(
        JobState.EXPIRED,
        "deadline_exceeded",
        "The job's deadline passed before it was done.",
        true);
  }

  /** Not taken. */
  public static Ending refused(String code, String message, boolean retryable) {
    return new Ending(JobState.REFUSED, code, message, retryable);
  }

  /** More tokens than any lane of its model takes. */
  public static Ending tooLong(long tokens, int context) {
    return refused(
        "context_length_exceeded",
        "This model's context is "
            + context
            + " tokens; prompt and answer together ask for "
            + tokens
            + ". Shorten the prompt or ask for fewer tokens.",
        false);
  }

  /** No lane lives that could take it. */
  public static Ending noLane() {
    return refused("no_lane", "No lane can take this job now; try again in a while.", true);
  }

  /** Failed by a lane or by the platform. */
  public static Ending failed(String code, String message, boolean retryable) {
    return new Ending(JobState.FAILED, code, message, retryable);
  }

  /** A node that the job runs on is gone, or has forgotten it. */
  public static Ending laneLost(String why) {
    return failed("lane_lost", why, true);
  }

  /** Billing's refusal. */
  public static Ending noCredit(CreditRefused refused) {
    return refused(refused.code(), refused.message(), false);
  }

  /**
   * What the caller's wish makes of a job in a state. A job that no step was sent for has not been
   * answered, whatever its caller thinks of it.
   */
  public static Ending wished(Reason reason, JobState now) {
    return switch (reason) {
      case CANCELLED -> cancelled();
      case FINISHED -> now == JobState.RUNNING ? completed() : cancelled();
      case DISTRUSTED ->
          now.holdsLanes()
              ? failed(
                  "lanes_disagree",
                  "What the lanes answered was wrong or differed; nothing of it was shown.",
                  false)
              : cancelled();
      case ABANDONED ->
          now.holdsLanes()
              ? failed(
                  "abandoned",
                  "The platform could not go on with the job; it costs nothing. Ask again.",
                  true)
              : cancelled();
    };
  }

  /**
   * What the caller's wish makes of a stranded job. Whoever has not got the whole answer pays
   * nothing for a lane that died, however it leaves.
   *
   * @param lost what its lane's end makes of it
   */
  public static Ending wished(Reason reason, Ending lost) {
    return switch (reason) {
      case FINISHED -> completed();
      case DISTRUSTED -> wished(reason, JobState.RUNNING);
      case CANCELLED, ABANDONED -> lost;
    };
  }

  /** What a node's failure makes of its job. */
  public static Ending of(Failure failure) {
    String said = failure.sentence();
    return switch (failure.code()) {
      case PEER_GONE -> failed("lane_lost", said, true);
      case BUSY -> failed("lane_busy", said, true);
      case INTERNAL -> failed("node_fault", said, true);
      case EXPIRED -> failed("opened_too_late", said, true);
      case REFUSED -> failed("step_refused", said, false);
      case REPLAYED -> failed("step_replayed", said, false);
      case DIVERGED -> failed("requests_differ", said, false);
      case PEER_CHEATED -> failed("peer_cheated", said, false);
    };
  }
}
