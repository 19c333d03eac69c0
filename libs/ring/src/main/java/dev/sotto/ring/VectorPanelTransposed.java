package dev.sotto.ring;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * out += y·panelᵀ with the panel in native memory. The rows of y stay in registers (4 rows by 4
 * vectors) while the panel streams by. Missing rows of the last tile repeat its last row, as in
 * {@link VectorProduct}.
 */
final class VectorPanelTransposed {
  private static final VectorSpecies<Long> S = Lanes.WORDS;
  private static final int L = S.length();
  private static final long V = 8L * L; // bytes of a vector
  private static final long ROW = 8L * Kernels.PANEL;

  private VectorPanelTransposed() {}

  static void multiply(
      long[] y,
      int yFrom,
      int yStride,
      int rows,
      int inner,
      MemorySegment panel,
      long panelAt,
      long[] out,
      int outFrom) {
    for (int j = 0; j < Kernels.PANEL; j += 4 * L) {
      if (rows == 1) {
        row(y, yFrom + j, inner, panel, panelAt + 8L * j, out, outFrom);
      } else {
        for (int r = 0; r < rows; r += 4) {
          tile(
              y,
              yFrom + j + r * yStride,
              yStride,
              Math.min(3, rows - 1 - r),
              inner,
              panel,
              panelAt + 8L * j,
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
      MemorySegment panel,
      long at,
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
      long p = at + ROW * i;
      LongVector b0 = LongVector.fromMemorySegment(S, panel, p, LITTLE_ENDIAN);
      LongVector b1 = LongVector.fromMemorySegment(S, panel, p + V, LITTLE_ENDIAN);
      LongVector b2 = LongVector.fromMemorySegment(S, panel, p + 2 * V, LITTLE_ENDIAN);
      LongVector b3 = LongVector.fromMemorySegment(S, panel, p + 3 * V, LITTLE_ENDIAN);
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

  /** One row, in two streams, for the reason that {@link VectorPanel} gives. */
  private static void row(
      long[] y, int y0, int inner, MemorySegment panel, long at, long[] out, int c) {
    LongVector w0 = LongVector.fromArray(S, y, y0);
    LongVector w1 = LongVector.fromArray(S, y, y0 + L);
    LongVector w2 = LongVector.fromArray(S, y, y0 + 2 * L);
    LongVector w3 = LongVector.fromArray(S, y, y0 + 3 * L);
    int half = inner >> 1;
    for (int i = 0; i < half; i++) {
      long p = at + ROW * i;
      long q = p + ROW * half;
      LongVector b0 = LongVector.fromMemorySegment(S, panel, p, LITTLE_ENDIAN);
      LongVector b1 = LongVector.fromMemorySegment(S, panel, p + V, LITTLE_ENDIAN);
      LongVector b2 = LongVector.fromMemorySegment(S, panel, p + 2 * V, LITTLE_ENDIAN);
      LongVector b3 = LongVector.fromMemorySegment(S, panel, p + 3 * V, LITTLE_ENDIAN);
      LongVector t = b0.mul(w0).add(b1.mul(w1)).add(b2.mul(w2).add(b3.mul(w3)));
      out[c + i] += t.reduceLanes(ADD);
      b0 = LongVector.fromMemorySegment(S, panel, q, LITTLE_ENDIAN);
      b1 = LongVector.fromMemorySegment(S, panel, q + V, LITTLE_ENDIAN);
      b2 = LongVector.fromMemorySegment(S, panel, q + 2 * V, LITTLE_ENDIAN);
      b3 = LongVector.fromMemorySegment(S, panel, q + 3 * V, LITTLE_ENDIAN);
      t = b0.mul(w0).add(b1.mul(w1)).add(b2.mul(w2).add(b3.mul(w3)));
      out[c + half + i] += t.reduceLanes(ADD);
    }
    if ((inner & 1) != 0) {
      long p = at + ROW * (inner - 1);
      LongVector b0 = LongVector.fromMemorySegment(S, panel, p, LITTLE_ENDIAN);
      LongVector b1 = LongVector.fromMemorySegment(S, panel, p + V, LITTLE_ENDIAN);
      LongVector b2 = LongVector.fromMemorySegment(S, panel, p + 2 * V, LITTLE_ENDIAN);
      LongVector b3 = LongVector.fromMemorySegment(S, panel, p + 3 * V, LITTLE_ENDIAN);
      LongVector t = b0.mul(w0).add(b1.mul(w1)).add(b2.mul(w2).add(b3.mul(w3)));
      out[c + inner - 1] += t.reduceLanes(ADD);
    }
  }
}
