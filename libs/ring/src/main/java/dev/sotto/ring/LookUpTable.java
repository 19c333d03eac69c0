package dev.sotto.ring;

/**
 * A public table of 2^k positions with one or more outputs a position, laid out for {@link
 * Kernels#lookUp}: each output reversed and written twice, so that every rotation is a contiguous
 * run; as 32-bit words where the ring allows it.
 */
public final class LookUpTable {
  private static final int MAX_POSITIONS = 1 << 24;

  private final int positions;
  private final int bits;
  private final int[][] narrow;
  private final long[][] wide;

  /**
   * @param values [outputs][positions], words of a ring of {@code bits} bits
   * @param bits the ring that sums are used in: at most 32 selects 32-bit words, half the memory
   *     and twice the speed
   */
  public LookUpTable(long[][] values, int bits) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a table needs at least one output");
    }
    if (bits < 1 || bits > 64) {
      throw new IllegalArgumentException("bits must be 1..64, was " + bits);
    }
    this.positions = values[0].length;
    this.bits = bits;
    if (Integer.bitCount(positions) != 1 || positions > MAX_POSITIONS) {
      throw new IllegalArgumentException(
          "positions must be a power of two up to %d, was %d".formatted(MAX_POSITIONS, positions));
    }
    for (int o = 1; o < values.length; o++) {
      if (values[o].length != positions) {
        throw new IllegalArgumentException(
            "output %d has %d positions, output 0 has %d"
                .formatted(o, values[o].length, positions));
      }
    }
    boolean small = bits <= 32;
    narrow = small ? new int[values.length][2 * positions] : new int[0][];
    wide = small ? new long[0][] : new long[values.length][2 * positions];
    for (int o = 0; o < values.length; o++) {
      for (int i = 0; i < 2 * positions; i++) {
        long v = values[o][(2 * positions - 1 - i) % positions];
        if (small) {
          narrow[o][i] = (int) v;
        } else {
          wide[o][i] = v;
        }
      }
    }
  }

  /** Number of positions, a power of two. */
  public int positions() {
    return positions;
  }

  /** Bits of the ring that sums are used in. */
  public int bits() {
    return bits;
  }

  /** Outputs per position. */
  public int outputs() {
    return bits <= 32 ? narrow.length : wide.length;
  }

  /** Words that one row's bits take: a bit a position, at least one word. */
  public int wordsPerRow() {
    return Math.max(1, positions >>> 6);
  }

  boolean narrowWords() {
    return bits <= 32;
  }

  /**
   * Where the run for {@code index} starts: element j of the run is table[(index − j) mod
   * positions].
   */
  int start(int index) {
    return (positions - 1 - index) & (positions - 1);
  }

  int[][] narrow() {
    return narrow;
  }

  long[][] wide() {
    return wide;
  }
}
