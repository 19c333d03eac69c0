package dev.sotto.ring;

import static jdk.incubator.vector.VectorOperators.ADD;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * out += y·panelᵀ with the panel in an array: {@link VectorPanelTransposed} with loads of its own,
 * because a method that sees arrays and segments alike is fast for neither. Half again as fast as
 * the general product of rows, which sums over lanes for every 32 words.
 */
final class VectorArrayTransposed {
  private static final VectorSpecies<Long> S = Lanes.WORDS;
  private static final int L = S.length();

  private VectorArrayTransposed() {}

  static void multiply(
      long[] y,
      int yFrom,
      int yStride,
      int rows,
      int inner,
      long[] panel,
      int panelAt,
      long[] out,
      int outFrom) {
    for (int j = 0; j < Kernels.PANEL; j += 4 * L) {
      if (rows == 1) {
        row(y, yFrom + j, inner, panel, panelAt + j, out, outFrom);
      } else {
        for (int r = 0; r < rows; r += 4) {
          tile(
              y,
              yFrom + j + r * yStride,
              yStride,
              Math.min(3, rows - 1 - r),
              inner,
              panel,
              panelAt + j,
              out,
              outFrom + r * inner);
        }
      }
    }
  }

  private static void tile(
      long[] y,
      int y0,
      int yStride,
      int last,
      int inner,
      long[] panel,
      int at,
      long[] out,
      int c0) {
    int y1 = y0 + Math.min(1, last) * yStride;
    int y2 = y0 + Math.min(2, last) * yStride;
    int y3 = y0 + last * yStride;
    int c1 = c0 + Math.min(1, last) * inner;
    int c2 = c0 + Math.min(2, last) * inner;
    int c3 = c0 + last * inner;
    LongVector y00 = LongVector.fromArray(S, y, y0);
    LongVector y01 = LongVector.fromArray(S, y, y0 + L);
    LongVector y02 = LongVector.fromArray(S, y, y0 + 2 * L);
    LongVector y03 = LongVector.fromArray(S, y, y0 + 3 * L);
    LongVector y10 = LongVector.fromArray(S, y, y1);
    LongVector y11 = LongVector.fromArray(S, y, y1 + L);
    LongVector y12 = LongVector.fromArray(S, y, y1 + 2 * L);
    LongVector y13 = LongVector.fromArray(S, y, y1 + 3 * L);
    LongVector y20 = LongVector.fromArray(S, y, y2);
    LongVector y21 = LongVector.fromArray(S, y, y2 + L);
    LongVector y22 = LongVector.fromArray(S, y, y2 + 2 * L);
    LongVector y23 = LongVector.fromArray(S, y, y2 + 3 * L);
    LongVector y30 = LongVector.fromArray(S, y, y3);
    LongVector y31 = LongVector.fromArray(S, y, y3 + L);
    LongVector y32 = LongVector.fromArray(S, y, y3 + 2 * L);
    LongVector y33 = LongVector.fromArray(S, y, y3 + 3 * L);
    for (int i = 0; i < inner; i++) {
      int p = at + Kernels.PANEL * i;
      LongVector b0 = LongVector.fromArray(S, panel, p);
      LongVector b1 = LongVector.fromArray(S, panel, p + L);
      LongVector b2 = LongVector.fromArray(S, panel, p + 2 * L);
      LongVector b3 = LongVector.fromArray(S, panel, p + 3 * L);
      LongVector t0 = b0.mul(y00).add(b1.mul(y01)).add(b2.mul(y02).add(b3.mul(y03)));
      LongVector t1 = b0.mul(y10).add(b1.mul(y11)).add(b2.mul(y12).add(b3.mul(y13)));
      LongVector t2 = b0.mul(y20).add(b1.mul(y21)).add(b2.mul(y22).add(b3.mul(y23)));
      LongVector t3 = b0.mul(y30).add(b1.mul(y31)).add(b2.mul(y32).add(b3.mul(y33)));
      long v0 = out[c0 + i] + t0.reduceLanes(ADD);
      long v1 = out[c1 + i] + t1.reduceLanes(ADD);
      long v2 = out[c2 + i] + t2.reduceLanes(ADD);
      long v3 = out[c3 + i] + t3.reduceLanes(ADD);
      out[c0 + i] = v0;
      out[c1 + i] = v1;
      out[c2 + i] = v2;
      out[c3 + i] = v3;
    }
  }

  private static void row(long[] y, int y0, int inner, long[] panel, int at, long[] out, int c) {
    LongVector w0 = LongVector.fromArray(S, y, y0);
    LongVector w1 = LongVector.fromArray(S, y, y0 + L);
    LongVector w2 = LongVector.fromArray(S, y, y0 + 2 * L);
    LongVector w3 = LongVector.fromArray(S, y, y0 + 3 * L);
    for (int i = 0; i < inner; i++) {
      int p = at + Kernels.PANEL * i;
      LongVector b0 = LongVector.fromArray(S, panel, p);
      LongVector b1 = LongVector.fromArray(S, panel, p + L);
      LongVector b2 = LongVector.fromArray(S, panel, p + 2 * L);
      LongVector b3 = LongVector.fromArray(S, panel, p + 3 * L);
      LongVector t = b0.mul(w0).add(b1.mul(w1)).add(b2.mul(w2).add(b3.mul(w3)));
      out[c + i] += t.reduceLanes(ADD);
    }
  }
}
