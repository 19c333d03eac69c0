package dev.sotto.nn;

/**
 * The one inner loop of the clear arithmetic: y += Σ x[i]·w[i], w's rows float32, the sum float64.
 *
 * <p>Rows of w are streamed and y stays in the first-level cache. That w and y differ in type is
 * what lets C2 vectorise the loop: it then knows that a store to y changes nothing in w. Terms are
 * added in the order of i whatever the number of rows at once, so a result does not depend on how
 * its work was cut up.
 */
final class Axpy {
  private Axpy() {}

  /**
   * y[at … at+count) += Σ_{i < depth} x[xFrom+i] · w[from + i·stride … + count).
   *
   * @param stride distance between rows of w
   */
  static void add(
      double[] y,
      int at,
      int count,
      float[] w,
      int from,
      int stride,
      double[] x,
      int xFrom,
      int depth) {
    int i = 0;
    int row = from;
    for (; i + 4 <= depth; i += 4, row += 4 * stride) {
      int k = xFrom + i;
      four(y, at, count, w, row, stride, x[k], x[k + 1], x[k + 2], x[k + 3]);
    }
    for (; i < depth; i++, row += stride) {
      one(y, at, count, w, row, x[xFrom + i]);
    }
  }

  private static void four(
      double[] y,
      int at,
      int count,
      float[] w,
      int row,
      int stride,
      double x0,
      double x1,
      double x2,
      double x3) {
    int r1 = row + stride;
    int r2 = r1 + stride;
    int r3 = r2 + stride;
    for (int o = 0; o < count; o++) {
      y[at + o] = y[at + o] + x0 * w[row + o] + x1 * w[r1 + o] + x2 * w[r2 + o] + x3 * w[r3 + o];
    }
  }

  private static void one(double[] y, int at, int count, float[] w, int row, double x) {
    for (int o = 0; o < count; o++) {
      y[at + o] += x * w[row + o];
    }
  }
}
