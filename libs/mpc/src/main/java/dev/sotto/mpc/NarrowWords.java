package dev.sotto.mpc;

/** Words of 64 bits whose lower half alone counts, as products in words of 32 bits take them. */
final class NarrowWords {
  private NarrowWords() {}

  static int[] of(long[] words) {
    int[] out = new int[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) words[i];
    }
    return out;
  }

  /** Their negatives if {@code sign} is −1. */
  static long[] widened(int[] words, int sign) {
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (long) sign * words[i];
    }
    return out;
  }
}
