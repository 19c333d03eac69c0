package dev.sotto.mpc.function;

/**
 * The shape of attention and the rings that follow from it.
 *
 * @param heads query heads
 * @param kvHeads key-value heads, divides heads
 * @param headDim width of a head, even
 * @param context longest sequence
 */
public record HeadShape(int heads, int kvHeads, int headDim, int context) {
  /**
   * Scores come in units of this many log2 units, so that the real model's have a margin of three
   * in ±252: a weight is 2^(unit · score). The rest of log2 e is in the query weights.
   */
  public static final double SCORE_UNIT = 1.25;

  /**
   * Added to every score, in its units, which changes no softmax: scores reach far below zero (a
   * first token that all others look at) and not far above, and so use the ring from end to end.
   */
  public static final int SCORE_OFFSET = 64;

  /** Longest context: the sum of weights must stay below 256. */
  public static final int MAX_CONTEXT = 3800;

  /** Checks the shape. */
  public HeadShape {
    if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0 || headDim < 2 || headDim % 2 != 0) {
      throw new IllegalArgumentException(
          "attention with "
              + heads
              + " heads, "
              + kvHeads
              + " key-value heads of "
              + headDim
              + " is not supported");
    }
    if (context > MAX_CONTEXT) {
      throw new IllegalArgumentException(
          "a context of " + context + " tokens exceeds " + MAX_CONTEXT);
    }
  }

  /** Fraction bits of values: 12, or 11 for contexts beyond 512 tokens; see {@link #mostValue}. */
  public int valueFraction() {
    return context <= 512 ? 12 : 11;
  }

  /**
   * Largest value over the longest context. Sums of {@link #mostWeight} times a value are extended
   * from a ring that holds ±2^(23 − valueFraction).
   */
  public double mostValue() {
    return Math.min(256, mostSum() / mostWeight(context));
  }

  private double mostSum() {
    return Math.scalb(1.0, 23 - valueFraction());
  }

  /**
   * What a row's weights over n keys stay below, but for a chance below 2^−64: a weight is 2^−5 at
   * the foot of the top bucket, and every score further up raises the bound on the maximum itself
   * with some chance.
   */
  private static double mostWeight(int keys) {
    return keys / 32.0 + 14;
  }

  /**
   * Ring of weights, values and their sums for rows of up to {@code keys} keys: fewer keys have
   * smaller sums, whose upper bits nobody needs.
   */
  public int valueRing(int keys) {
    int ring = Rope.VALUE_RING;
    for (double most = mostWeight(keys) * mostValue(); 2 * most <= mostSum(); most *= 2) {
      ring--;
    }
    return ring;
  }

  /** Query heads that share a key-value head. */
  public int group() {
    return heads / kvHeads;
  }

  /** s = ⌊log2 √headDim⌋: scores are q·k·2^−s, the rest of 1/√headDim is in the query weights. */
  public int scoreShift() {
    return (31 - Integer.numberOfLeadingZeros(headDim)) / 2;
  }

  /**
   * Ring of rotated queries and keys, and of their products: |q·k·2^−s| &lt; 256 at 24 + s fraction
   * bits.
   */
  public int scoreRing() {
    return 33 + scoreShift();
  }

  /** Values a token: all heads, query, key and value. */
  public int joint() {
    return (heads + 2 * kvHeads) * headDim;
  }
}
