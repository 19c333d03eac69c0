package dev.sotto.mpc.function;

import dev.sotto.ring.LookUpTable;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.Erfc;

/**
 * A function of one value that is 0 far below zero and the value itself far above: what stands
 * between the two products of a feed-forward layer.
 */
public final class Activation {
  /** Bits of a position of the fine table, which covers [−16, 16). */
  static final int FINE = 8;

  /** Ring of the table's words and of what is made of them before it is opened. */
  static final int RING = 32;

  /** Fraction bits of values; a twelfth of the curvature is among them. */
  static final int VALUE = 23;

  /** Fraction bits of slopes, for an offset of one position. */
  static final int SLOPE = 13;

  /** Fraction bits of curvatures, for an offset of one position. */
  static final int CURVATURE = 14;

  /** x / (1 + e^−x): Llama's. */
  public static final Activation SILU = new Activation("silu", x -> x / (1 + Math.exp(-x)));

  /** x·Φ(x), by the error function. */
  public static final Activation GELU =
      new Activation("gelu", x -> x * Erfc.value(-x / Math.sqrt(2)) / 2);

  /** GELU as many models approximate it, by a hyperbolic tangent. */
  public static final Activation GELU_TANH =
      new Activation(
          "gelu_tanh",
          x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));

  private final String name;
  private final DoubleUnaryOperator function;
  private final LookUpTable table;

  private Activation(String name, DoubleUnaryOperator function) {
    this.name = name;
    this.function = function;
    this.table = table(function);
  }

  /** The one of this name: silu, gelu or gelu_tanh. */
  public static Activation named(String name) {
    for (Activation a : List.of(SILU, GELU, GELU_TANH)) {
      if (a.name.equals(name)) {
        return a;
      }
    }
    throw new IllegalArgumentException(
        "no activation is named \"" + name + "\"; there are silu, gelu and gelu_tanh");
  }

  /** The function itself, in the clear. */
  public double of(double x) {
    return function.applyAsDouble(x);
  }

  /** Values, slopes and curvatures near zero. */
  LookUpTable table() {
    return table;
  }

  private static LookUpTable table(DoubleUnaryOperator function) {
    int n = 1 << FINE;
    double step = 32.0 / n;
    long[][] v = new long[3][n];
    for (int i = 0; i < n; i++) {
      // half a unit of the input: what rounding the mask's digit leaves on average
      double x = Tables.signed(i, n) * step + 0x1p-14;
      Tables.Parabola p = Tables.Parabola.at(function, x, step);
      v[0][i] = (long) Math.rint(Math.scalb(p.value() + p.curvature() / 12, VALUE));
      v[1][i] = (long) Math.rint(Math.scalb(p.slope(), SLOPE));
      v[2][i] = (long) Math.rint(Math.scalb(p.curvature(), CURVATURE));
    }
    return new LookUpTable(v, RING);
  }

  @Override
  public String toString() {
    return name;
  }
}
