package dev.sotto.node.job;

import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.mpc.Abort;

/**
 * The caller's end of a job, however its words travel: wishes come in, results go out. Wishes are
 * taken by the job's own thread; a failure may come from any of the job's threads.
 */
interface Caller {
  /** What the caller wants next. */
  sealed interface Wish {
    /** A step. */
    record Run(StepRequest request) implements Wish {}

    /** A digest of what was answered. */
    record Digest(DigestRequest request) implements Wish {}

    /** The job is over. */
    record Close() implements Wish {}

    /** Something that is not done. */
    record Refused(RuntimeException why) implements Wish {}
  }

  /** Waits for the caller's next wish; a {@link Refusal} or an {@link Abort} if there is none. */
  Wish next();

  /** The roles have met, and steps may come. An {@link Abort} if the caller is gone. */
  void ready();

  /** A step is done. An {@link Abort} if the caller is gone. */
  void result(StepResult result);

  /** A digest is done: its public part. The {@link #result} comes after it. */
  default void digested(DigestShared share) {
    throw new IllegalStateException("a caller that asks for no digest gets none");
  }

  /** The job is over before its time. An {@link Abort} if the caller is gone. */
  void failure(Failure failure);

  /** Ends the caller's part, and with it the job. */
  void leave();
}
