package dev.sotto.mpc.digest;

/**
 * What is digested: one vector of a step.
 *
 * @param name of the place in the program; part of what its projections are drawn from
 * @param size values of the vector
 * @param ring bits of its share's ring
 * @param bits of its digest
 * @param period bits of the projection that count: what differs by a multiple of 2^period units is
 *     alike; at most {@code ring}
 * @param centred whether what all values have in common is left out
 */
public record Point(String name, int size, int ring, int bits, int period, boolean centred) {
  /** Bits that a projection has when its sign is taken: what is below is dropped. */
  public static final int RESOLUTION = 13;

  /** Most values of a vector: projections take as many bits a row. */
  public static final int MOST_VALUES = 1 << 20;

  private static final int STATE_BITS = 128;
  private static final int STATE_RING = 24;
  private static final int STATE_PERIOD = 24;
  private static final int LOGIT_BITS = 1024;
  private static final int LOGIT_RING = 22;
  private static final int LOGIT_PERIOD = 22;

  /** Checks the sizes. */
  public Point {
    if (size < 1 || size > MOST_VALUES || bits < 1 || period > ring || period < RESOLUTION) {
      throw new IllegalArgumentException(
          "%s: %d values of 2^%d, %d bits, period 2^%d".formatted(name, size, ring, bits, period));
    }
  }

  /**
   * The state after the final norm, in 2^24 with 14 fraction bits. [hidden]. A period of 1,024:
   * honest lanes' projections differ by far less, a wrong state's by any number.
   */
  public static Point finalState(int hidden) {
    return new Point("final-state", hidden, STATE_RING, STATE_BITS, STATE_PERIOD, false);
  }

  /**
   * Mean-centred logits, in 2^22 with 12 fraction bits. [vocab]. A period of 1,024: one logit that
   * is off by 16 moves one bit in 32.
   */
  public static Point logits(int vocab) {
    return new Point("logits", vocab, LOGIT_RING, LOGIT_BITS, LOGIT_PERIOD, true);
  }
}
