package dev.sotto.mpc.function;

import dev.sotto.mpc.Wire;
import java.util.Arrays;

/**
 * A layer's cached keys and values: wires whose masks stay as they are for the life of their row.
 * [tokens so far, kvHeads·headDim]
 */
public final class KeyValues {
  private final int width;
  private int tokens;
  private final Rows keys = new Rows();
  private final Rows values = new Rows();

  /** An empty cache for rows of {@code width} = kvHeads·headDim words. */
  public KeyValues(int width) {
    this.width = width;
  }

  /** Growing arrays: the dealer's of masks, an evaluator's of masked words and its share. */
  static final class Rows {
    private long[] masked = {};
    private long[] mask = {};
    private long[] share = {};

    private void append(Wire w, int from) {
      switch (w.site().role()) {
        case DEALER -> mask = grow(mask, from, w.mask());
        case EVALUATOR_0, EVALUATOR_1 -> {
          masked = grow(masked, from, w.masked());
          share = grow(share, from, w.share().words());
        }
      }
    }

    private static long[] grow(long[] old, int from, long[] more) {
      if (more.length == 0) {
        return old;
      }
      long[] a =
          old.length >= from + more.length
              ? old
              : Arrays.copyOf(old, Math.max(old.length + old.length / 4, from + more.length));
      System.arraycopy(more, 0, a, from, more.length);
      return a;
    }

    /** m, [tokens, width], and more room; empty at the dealer. */
    long[] masked() {
      return masked;
    }

    /**
     * An evaluator's share of the values, b·m − λ_b: what meets the masked words of a product's
     * other side. [tokens, width], and more room; empty at the dealer
     */
    long[] share() {
      return share;
    }

    /** λ, [tokens, width], and more room; empty at the evaluators. */
    long[] mask() {
      return mask;
    }
  }

  /** Appends a step's rows. */
  public void append(Wire k, Wire v) {
    keys.append(k, tokens * width);
    values.append(v, tokens * width);
    tokens += k.size() / width;
  }

  /** Cached tokens. */
  public int tokens() {
    return tokens;
  }

  int width() {
    return width;
  }

  Rows keys() {
    return keys;
  }

  Rows values() {
    return values;
  }
}
