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

  /** Growing arrays of masked words and masks. */
  static final class Rows {
    private long[] masked = {};
    private long[] mask = {};

    private void append(Wire w, int from) {
      masked = grow(masked, from, w.masked());
      mask = grow(mask, from, w.mask());
    }

    private static long[] grow(long[] old, int from, long[] more) {
      if (more.length == 0) {
        return old;
      }
      long[] a =
          old.length >= from + more.length
              ? old
              : Arrays.copyOf(old, Math.max(2 * old.length, from + more.length));
      System.arraycopy(more, 0, a, from, more.length);
      return a;
    }

    /** m, [tokens, width]; empty at the dealer. */
    long[] masked() {
      return masked;
    }

    /** λ_b, or λ at the dealer. */
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
