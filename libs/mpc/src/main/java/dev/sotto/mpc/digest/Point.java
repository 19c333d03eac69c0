package dev.sotto.mpc.digest;

/**
 * What is digested: one vector of a step.
 *
 * @param name of the place in the program; part of what its projections are drawn from
 * @param size values of the vector; 1 … 2^20
 * @param ring bits of its share's ring; {@value #RESOLUTION} … 32
 * @param bits of its digest
 * @param spread how large the integers of a row are: a root mean square of 0.408 times it; 1 … 256
 * @param centred whether what all values have in common is left out
 */
public record Point(String name, int size, int ring, int bits, int spread, boolean centred) {
  /** Bits that a projection has when its sign is taken: what is below is dropped. */
  public static final int RESOLUTION = 13;

  /** Most values of a vector. */
  public static final int MOST_VALUES = 1 << 20;

  /** Largest spread: beyond it rows would miss odd numbers. */
  public static final int MOST_SPREAD = 256;

  /** Root mean square of a row's integers, of the spread: differences of two uniform numbers. */
  private static final double ROOT_MEAN_SQUARE = 1 / Math.sqrt(6);

  /**
   * Two honest lanes' final states differ by at most this root mean square: 2.4 times the largest
   * of what was measured (docs/verification.md).
   */
  public static final double HONEST_STATE = 0.02;

  /** Two honest lanes' mean-centred logits differ by at most this root mean square; likewise. */
  public static final double HONEST_LOGITS = 0.04;

  /** The part of a state's bits that honest lanes differ in, at {@link #HONEST_STATE}. */
  public static final double HONEST_STATE_BITS = 0.10;

  /** The part of the logits' bits that honest lanes differ in, at {@link #HONEST_LOGITS}. */
  public static final double HONEST_LOGIT_BITS = 0.22;

  private static final int STATE_BITS = 128;
  private static final int STATE_RING = 24;
  private static final int STATE_FRACTION = 14;
  private static final int LOGIT_BITS = 1024;
  private static final int LOGIT_RING = 21;
  private static final int LOGIT_FRACTION = 12;

  /** Checks the sizes. */
  public Point {
    if (size < 1 || size > MOST_VALUES || bits < 1 || spread < 1 || spread > MOST_SPREAD) {
      throw new IllegalArgumentException(
          "%s: %d values, %d bits, a spread of %d".formatted(name, size, bits, spread));
    }
    if (ring < RESOLUTION || ring > Integer.SIZE) {
      throw new IllegalArgumentException(name + ": a ring of 2^" + ring);
    }
  }

  /** The state after the final norm, in 2^24 with 14 fraction bits. [hidden] */
  public static Point finalState(int hidden) {
    double noise = HONEST_STATE * Math.sqrt(hidden);
    int spread = spread(STATE_RING - STATE_FRACTION, noise, HONEST_STATE_BITS);
    return new Point("final-state", hidden, STATE_RING, STATE_BITS, spread, false);
  }

  /** Mean-centred logits, in 2^21 with 12 fraction bits. [vocab] */
  public static Point logits(int vocab) {
    double noise = HONEST_LOGITS * Math.sqrt(vocab);
    int spread = spread(LOGIT_RING - LOGIT_FRACTION, noise, HONEST_LOGIT_BITS);
    return new Point("logits", vocab, LOGIT_RING, LOGIT_BITS, spread, true);
  }

  /** The spread at which vectors at that distance differ in that part of their bits. */
  private static int spread(int wholeBits, double distance, double part) {
    double period = Math.scalb(1.0, wholeBits);
    double deviation = period * deviation(part);
    double spread = deviation / (ROOT_MEAN_SQUARE * distance);
    return (int) Math.clamp(Math.floor(spread), 1, MOST_SPREAD);
  }

  /**
   * The deviation of a normal difference, in periods, that turns that part of the bits; the inverse
   * of the first terms of the triangle wave's series: part = 1/2 − 4/π²·Σ exp(−2π²k²s²)/k², k odd.
   */
  private static double deviation(double part) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; i++) {
      double s = (low + high) / 2;
      double turned = 0.5;
      for (int k = 1; k < 100; k += 2) {
        turned -= 4 / (Math.PI * Math.PI * k * k) * Math.exp(-2 * Math.pow(Math.PI * k * s, 2));
      }
      if (turned < part) {
        low = s;
      } else {
        high = s;
      }
    }
    return low;
  }
}
