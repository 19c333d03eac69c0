package dev.sotto.orchestration.job;

import dev.sotto.contracts.event.JobEnded.Outcome;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Where a job is. It is in exactly one state, and moves along {@link #mayBecome} only. */
public enum JobState {
  /** Known; its worst cost is being reserved. */
  REQUESTED,
  /** Paid for; waits for a lane. */
  QUEUED,
  /** Has its lanes; no step has come yet. */
  PLACED,
  /** A step has been sent to its nodes. */
  RUNNING,
  /**
   * Its lane is gone, and its caller may have the whole answer: the caller's word decides. It holds
   * no place.
   */
  STRANDED,
  /** Answered. */
  COMPLETED,
  /** The caller left. */
  CANCELLED,
  /** Not taken. */
  REFUSED,
  /** A lane or the platform failed it. */
  FAILED,
  /** Its deadline passed. */
  EXPIRED;

  private static final Map<JobState, Set<JobState>> EDGES =
      Map.of(
          REQUESTED, EnumSet.of(QUEUED, REFUSED, CANCELLED, EXPIRED),
          QUEUED, EnumSet.of(PLACED, REFUSED, CANCELLED, EXPIRED),
          PLACED, EnumSet.of(RUNNING, CANCELLED, FAILED, EXPIRED),
          RUNNING, EnumSet.of(STRANDED, COMPLETED, CANCELLED, FAILED, EXPIRED),
          STRANDED, EnumSet.of(COMPLETED, FAILED));

  /** Whether a job may go from this state to {@code next} in one move. */
  public boolean mayBecome(JobState next) {
    return EDGES.getOrDefault(this, Set.of()).contains(next);
  }

  /** Whether something may still happen to the job. */
  public boolean live() {
    return EDGES.containsKey(this);
  }

  /** Whether it holds a place on lanes. */
  public boolean holdsLanes() {
    return this == PLACED || this == RUNNING;
  }

  /** Whether its caller's word is weighed against how far its steps have come. */
  public boolean hasSteps() {
    return holdsLanes() || this == STRANDED;
  }

  /** How the job ended; IllegalStateException while it is live. */
  public Outcome outcome() {
    return switch (this) {
      case COMPLETED -> Outcome.COMPLETED;
      case CANCELLED -> Outcome.CANCELLED;
      case REFUSED -> Outcome.REFUSED;
      case FAILED -> Outcome.FAILED;
      case EXPIRED -> Outcome.EXPIRED;
      case REQUESTED, QUEUED, PLACED, RUNNING, STRANDED ->
          throw new IllegalStateException("a job that is " + this + " has no outcome");
    };
  }
}
