package dev.sotto.orchestration.step;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.SealedStep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be done about a step, or about a node's result. */
public sealed interface Judged {
  /** The step is due: send these. */
  record Forward(List<Sent> parts) implements Judged {
    /** Copies. */
    public Forward {
      parts = List.copyOf(parts);
    }
  }

  /** The step is the next one; it is kept until the one before it is done. */
  record Held() implements Judged {}

  /** Nothing, and why: it came late, twice or too early. */
  record Ignored(String why) implements Judged {}

  /** The job cannot go on: its caller breaks the contract of steps. */
  record Broken(String why) implements Judged {}

  /** A node has answered; others are still to come. */
  record Counted() implements Judged {}

  /**
   * All nodes have answered the step.
   *
   * @param next the step that was kept until now, to be judged again
   */
  record Finished(@Nullable SealedStep next) implements Judged {}

  /**
   * A node has given the job up.
   *
   * @param laneId the node's lane
   * @param unanswered whether the caller cannot have its whole answer: the step that it waits for
   *     will not be answered, or none has been
   */
  record GivenUp(String laneId, Failure failure, boolean unanswered) implements Judged {}

  /** A job's lane is gone, and its caller asks for another step. */
  record WentOn() implements Judged {}
}
