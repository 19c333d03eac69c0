package dev.sotto.mpc.testing;

/**
 * How far computed values lie from true ones.
 *
 * @param most largest absolute error
 * @param rms root of the mean square error
 */
public record Errors(double most, double rms) {
  /** A real function of an index. */
  @FunctionalInterface
  public interface Values {
    /** The value at i. */
    double at(int i);
  }

  /** got against want. */
  public static Errors absolute(double[] got, Values want) {
    return of(got, want, false);
  }

  /** The same, divided by |want|. */
  public static Errors relative(double[] got, Values want) {
    return of(got, want, true);
  }

  private static Errors of(double[] got, Values want, boolean relative) {
    double most = 0;
    double squares = 0;
    for (int i = 0; i < got.length; i++) {
      double w = want.at(i);
      double e = Math.abs(got[i] - w) / (relative ? Math.abs(w) : 1);
      most = Math.max(most, e);
      squares += e * e;
    }
    return new Errors(most, Math.sqrt(squares / got.length));
  }
}
