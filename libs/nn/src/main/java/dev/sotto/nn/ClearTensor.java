package dev.sotto.nn;

/**
 * Rows of tokens in the clear: [tokens, width], row by row, float64. Belongs where plaintext may
 * be; its text says its shape and none of its values.
 */
public final class ClearTensor {
  private final int tokens;
  private final int width;
  private final double[] values;

  /**
   * Wraps {@code values}, which it keeps: [tokens, width].
   *
   * @throws IllegalArgumentException if the length is not tokens·width
   */
  public ClearTensor(int tokens, int width, double[] values) {
    if (tokens < 1 || width < 1 || (long) tokens * width != values.length) {
      throw new IllegalArgumentException(
          "a tensor of " + tokens + " × " + width + " cannot have " + values.length + " values");
    }
    this.tokens = tokens;
    this.width = width;
    this.values = values;
  }

  /** Zeros. [tokens, width] */
  static ClearTensor zeros(int tokens, int width) {
    if ((long) tokens * width > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a tensor of "
              + (tokens + " × " + width)
              + " does not fit in one array: feed fewer tokens at once");
    }
    return new ClearTensor(tokens, width, new double[tokens * width]);
  }

  /** Rows. */
  public int tokens() {
    return tokens;
  }

  /** Columns. */
  public int width() {
    return width;
  }

  /** The values themselves, not a copy. [tokens, width] */
  public double[] values() {
    return values;
  }

  /** One value. */
  public double at(int token, int column) {
    return values[token * width + column];
  }

  @Override
  public String toString() {
    return "ClearTensor[" + tokens + ", " + width + "]";
  }
}
