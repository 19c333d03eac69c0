package dev.sotto.ring;

/** Small facts about words of Z_2^k kept in the low k bits of a {@code long}, 1 ≤ k ≤ 64. */
public final class Words {
  private Words() {}

  /** The word with the low {@code bits} bits set. */
  public static long mask(int bits) {
    if (bits < 1 || bits > 64) {
      throw new IllegalArgumentException("bits must be 1..64, was " + bits);
    }
    return -1L >>> (64 - bits);
  }

  /** The signed integer in [−2^(bits−1), 2^(bits−1)) that {@code word} stands for. */
  public static long signed(long word, int bits) {
    return word << (64 - bits) >> (64 - bits);
  }

  /** Keeps the low {@code bits} bits of every word, in place. */
  public static void reduce(long[] words, int bits) {
    if (bits == 64) {
      return;
    }
    long mask = mask(bits);
    for (int i = 0; i < words.length; i++) {
      words[i] &= mask;
    }
  }
}
