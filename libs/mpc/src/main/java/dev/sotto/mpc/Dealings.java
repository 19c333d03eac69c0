package dev.sotto.mpc;

/**
 * The dealer's messages to evaluator-1, in program order: what is taken is what was put. One way,
 * ahead of time.
 */
public sealed interface Dealings {
  /** The dealer's end. */
  non-sealed interface Out extends Dealings {
    /** Appends bytes[from … from + length); may wait until there is room in the stock. */
    void put(byte[] bytes, int from, int length);

    /** Sends what is held back: nothing more comes before the next step. */
    void flush();
  }

  /** Evaluator-1's end. */
  non-sealed interface In extends Dealings {
    /**
     * Fills bytes[from … from + length); waits for the dealer, and throws {@link Abort} if it is
     * gone.
     */
    void take(byte[] bytes, int from, int length);
  }

  /** Evaluator-0 is dealt nothing: its shares are streams. */
  record None() implements Dealings {}
}
