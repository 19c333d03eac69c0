package dev.sotto.mpc.function;

import dev.sotto.ring.LookUpTable;
import java.util.function.DoubleUnaryOperator;

/** Public tables of functions, in fixed point. */
final class Tables {
  private Tables() {}

  /** Value and slope of a line that stands for a function near a position. */
  record Line(double value, double slope) {
    /**
     * The line at x for offsets in (−h, h). Which of two neighbouring positions answers is random
     * and linear in the offset, so the mean error is f''·(c − t(1 − t)·h²/2): lifting the tangent
     * by c = h²/16 leaves a bias of f''·h²/16 only.
     */
    static Line at(DoubleUnaryOperator f, double x, double h) {
      double low = f.applyAsDouble(x - h);
      double mid = f.applyAsDouble(x);
      double high = f.applyAsDouble(x + h);
      return new Line(mid + ((low + high) / 2 - mid) / 8, (high - low) / (2 * h));
    }
  }

  /** A parabola that stands for a function near a position. */
  record Parabola(double value, double slope, double curvature) {
    /**
     * value + slope·t + curvature·t² for f(x + h·t), t in (−1, 1): equal at the three Chebyshev
     * points, so that the error is at most h³/24 of the third derivative, and odd about the middle
     * between positions.
     */
    static Parabola at(DoubleUnaryOperator f, double x, double h) {
      double node = Math.sqrt(3) / 2;
      double low = f.applyAsDouble(x - h * node);
      double mid = f.applyAsDouble(x);
      double high = f.applyAsDouble(x + h * node);
      return new Parabola(
          mid, (high - low) / (2 * node), (low + high - 2 * mid) / (2 * node * node));
    }
  }

  /** The signed integer that position i of n stands for: i below n/2, i − n from there on. */
  static int signed(int i, int n) {
    return i < n / 2 ? i : i - n;
  }

  /**
   * A table of bits for {@link dev.sotto.mpc.protocol.OneHot.Vectors#lookUpBits}: bit f of a value
   * in its own 16-bit field.
   */
  static LookUpTable bits(int[] values, int fields) {
    long[] words = new long[values.length];
    for (int i = 0; i < words.length; i++) {
      for (int f = 0; f < fields; f++) {
        words[i] |= (long) (values[i] >>> f & 1) << (16 * f);
      }
    }
    return new LookUpTable(new long[][] {words}, 16 * fields);
  }
}
