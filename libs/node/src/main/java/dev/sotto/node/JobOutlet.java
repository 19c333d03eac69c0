package dev.sotto.node;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.event.DigestShared;
import java.time.Duration;

/**
 * Where a node's sealed jobs say what they have to say. All of it is public or sealed. Called from
 * the jobs' threads and from the one that brings steps, several at once.
 */
public interface JobOutlet {
  /** Why something that came was ignored. */
  enum Ignored {
    /** A step that is under way, or was answered before the last one. */
    OLD_STEP,
    /** A step whose predecessor has not come. */
    FUTURE_STEP,
    /** A step that does not open: altered, or of somebody else. */
    BROKEN_SEAL,
    /** A step for another lane. */
    OTHER_LANE
  }

  /** To be published; must not wait for long. */
  void publish(PartialResult result);

  /** To be published; must not wait for long. Comes before the result of the same step. */
  void digested(DigestShared share);

  /** A job has begun. */
  default void started(JobId job) {}

  /** A step is done. */
  default void stepped(JobId job, long serial, Duration took) {}

  /** The last answer was asked for again, and is sent again. */
  default void repeated(JobId job, long serial) {}

  /** Something was ignored, and the job goes on. */
  default void ignored(JobId job, long serial, Ignored why) {}

  /** A job has failed, or was not taken. */
  default void failed(JobId job, Failure.Code code) {}

  /** A job that had begun is over. */
  default void ended(JobId job, long steps) {}
}
