package dev.sotto.orchestration.job;

import dev.sotto.contracts.StepPlan;
import java.util.BitSet;

/**
 * How far a job's steps have come.
 *
 * @param sent steps that have been sent to the nodes: 0 … sent − 1
 * @param finished steps that every node has answered: 0 … finished − 1
 * @param answered which nodes have answered step {@code finished}, by their place in the job's
 *     list; as {@link BitSet#toByteArray} writes it
 * @param digests whether what was sent last is a digest in place of a step, which counts as none
 */
public record Progress(int sent, int finished, byte[] answered, boolean digests) {
  /** No step yet. */
  public static final Progress NONE = new Progress(0, 0, new byte[0]);

  /** Of steps alone. */
  public Progress(int sent, int finished, byte[] answered) {
    this(sent, finished, answered, false);
  }

  /** IllegalArgumentException when more is finished than was sent. */
  public Progress {
    if (finished < 0 || sent < finished) {
      throw new IllegalArgumentException("finished " + finished + " of " + sent + " steps sent");
    }
    answered = answered.clone();
  }

  @Override
  public byte[] answered() {
    return answered.clone();
  }

  /** Tokens of the prompt that all nodes have read. */
  public int promptTokens(StepPlan plan) {
    int tokens = 0;
    for (int serial = 0; serial < Math.min(finished, plan.promptSteps()); serial++) {
      tokens += plan.part(serial).tokens();
    }
    return tokens;
  }

  /** Tokens that all nodes have answered: one for each finished step that is answered at all. */
  public int completionTokens(StepPlan plan) {
    return plan.answeredBefore(finished);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Progress that
        && sent == that.sent
        && finished == that.finished
        && digests == that.digests
        && BitSet.valueOf(answered).equals(BitSet.valueOf(that.answered));
  }

  @Override
  public int hashCode() {
    return 31 * (31 * sent + finished) + BitSet.valueOf(answered).hashCode();
  }

  @Override
  public String toString() {
    return "Progress[sent=" + sent + ", finished=" + finished + "]";
  }
}
