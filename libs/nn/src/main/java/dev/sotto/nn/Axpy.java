package dev.sotto.nn;

/**
 * The inner loop of the clear arithmetic: y += Σ x[i]·w[i], w's rows float32, the sum float64.
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

  /**
   * y[0 … count) += Σ_{i < depth} x[yFrom+i] · rows[i][0 … count), and z the same from {@code
   * zFrom} on: each in the same order as above, but both share what is read of the rows.
   *
   * <p>For rows that many sums share, turned to float64 once. All arrays have one type here, so C2
   * vectorises only because they are all indexed alike, from 0.
   */
  static void add(
      double[] y,
      double[] z,
      int count,
      double[][] rows,
      double[] x,
      int yFrom,
      int zFrom,
      int depth) {
    int i = 0;
    for (; i + 4 <= depth; i += 4) {
      int k = yFrom + i;
      int l = zFrom + i;
      four(
          y,
          z,
          count,
          rows[i],
          rows[i + 1],
          rows[i + 2],
          rows[i + 3],
          x[k],
          x[k + 1],
          x[k + 2],
          x[k + 3],
          x[l],
          x[l + 1],
          x[l + 2],
          x[l + 3]);
    }
    for (; i < depth; i++) {
      one(y, count, rows[i], x[yFrom + i]);
      one(z, count, rows[i], x[zFrom + i]);
    }
  }

  private static void four(
      double[] y,
      double[] z,
      int count,
      double[] w0,
      double[] w1,
      double[] w2,
      double[] w3,
      double x0,
      double x1,
      double x2,
      double x3,
      double v0,
      double v1,
      double v2,
      double v3) {
    for (int o = 0; o < count; o++) {
      double a = w0[o];
      double b = w1[o];
      double c = w2[o];
      double d = w3[o];
      y[o] = y[o] + x0 * a + x1 * b + x2 * c + x3 * d;
      z[o] = z[o] + v0 * a + v1 * b + v2 * c + v3 * d;
    }
  }

  private static void one(double[] y, int count, double[] w, double x) {
    for (int o = 0; o < count; o++) {
      y[o] += x * w[o];
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
