package dev.sotto.client.lane;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.StepResult;
import dev.sotto.ring.BitPacker;
import dev.sotto.ring.Words;

/**
 * The logits of one step, as their shares come in. Which roles are due to have shares follows from
 * the step and the seat; a node that has others breaks the rules. Not thread-safe.
 */
public final class LogitShares {
  private static final int FRACTION = 12;

  private final boolean answers;
  private final long[] sum;
  private int bits;

  /**
   * For one step.
   *
   * @param answers whether the step is answered with logits
   */
  public LogitShares(int vocab, boolean answers) {
    this.answers = answers;
    this.sum = new long[vocab];
  }

  /**
   * Adds what a node has answered; a {@link LaneException} if it is not what is due.
   *
   * @param name the node's, for sentences
   * @param holdsOutput whether the node is an evaluator of the last stage
   */
  public void add(String name, boolean holdsOutput, StepResult result) {
    boolean due = answers && holdsOutput;
    if (due != result.bits() > 0 || (due && bits > 0 && bits != result.bits())) {
      throw new LaneException(
          Failure.Code.PEER_CHEATED, name + " answered with other shares than are due", null);
    }
    if (!due) {
      return;
    }
    byte[] packed = result.packedShares().toArray();
    if (packed.length != BitPacker.bytes(sum.length, result.bits())) {
      throw new LaneException(
          Failure.Code.PEER_CHEATED,
          name + " sent a result of another length than the vocabulary",
          null);
    }
    long[] share = new long[sum.length];
    BitPacker.unpack(packed, 0, sum.length, result.bits(), share, 0);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += share[i];
    }
    bits = result.bits();
  }

  /** The opened logits [vocab], once all nodes' results were added; empty for other steps. */
  public float[] opened() {
    if (!answers) {
      return new float[0];
    }
    float[] out = new float[sum.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.scalb((float) Words.signed(sum[i], bits), -FRACTION);
    }
    return out;
  }

  @Override
  public String toString() {
    return "LogitShares(" + sum.length + ")";
  }
}
