package dev.sotto.mpc.function;

import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.ring.Words;

/** Digits of public words and of masks: both sides of a look-up cut them the same way. */
final class Digits {
  private Digits() {}

  /** Bits [shift, shift + bits) of every word. */
  static long[] of(long[] words, int shift, int bits) {
    long keep = Words.mask(bits);
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = words[i] >>> shift & keep;
    }
    return out;
  }

  /** Digits as indices of look-ups. */
  static int[] index(long[] digit) {
    int[] out = new int[digit.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) digit[i];
    }
    return out;
  }

  /** [value + low·slope] with a public low digit; local, and nothing at the dealer. */
  static Share line(Scope at, Share value, Share slope, long[] low) {
    if (at.deals()) {
      return value;
    }
    long keep = Words.mask(value.ring());
    long[] z = new long[low.length];
    for (int i = 0; i < z.length; i++) {
      z[i] = (value.words()[i] + low[i] * slope.words()[i]) & keep;
    }
    return new Share(z, value.ring(), value.fraction());
  }
}
