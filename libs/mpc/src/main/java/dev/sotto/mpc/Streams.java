package dev.sotto.mpc;

/**
 * The pseudorandom words that the pairs of a session share. A stream is addressed by the place in
 * the program that uses it and by the step's serial, never by a position in a batch or a cache, so
 * no two values are ever masked by the same word.
 */
public interface Streams {
  /**
   * Writes {@code count} uniform words of Z_2^ring to out[from …]; the same for both roles of the
   * pair. One address is always read with one ring.
   */
  void words(Pair pair, long domain, int serial, int ring, long[] out, int from, int count);

  /** An independent reader of the same streams, for another thread. */
  Streams reader();
}
