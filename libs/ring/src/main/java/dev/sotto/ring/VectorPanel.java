package dev.sotto.ring;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * out += x·panel with the panel in native memory: the tiles of {@link VectorProduct}, with loads of
 * their own, because a method that sees arrays and segments alike is fast for neither.
 */
final class VectorPanel {
  private static final VectorSpecies<Long> S = Lanes.WORDS;
  private static final int L = S.length();
  private static final long V = 8L * L; // bytes of a vector
  private static final long ROW = 8L * Kernels.PANEL;

  private VectorPanel() {}

  static void multiply(
      long[] x,
      int xFrom,
      int rows,
      int inner,
      MemorySegment panel,
      long panelAt,
      long[] out,
      int outFrom,
      int outStride) {
    for (int j = 0; j < Kernels.PANEL; j += 4 * L) {
      if (rows == 1) {
        row(x, xFrom, inner, panel, panelAt + 8L * j, out, outFrom + j);
      } else {
        for (int r = 0; r < rows; r += 4) {
          int last = Math.min(3, rows - 1 - r);
          tile(
              x,
              xFrom + r * inner,
              inner,
              panel,
              panelAt + 8L * j,
              out,
              outFrom + j + r * outStride,
              outStride,
              last);
        }
      }
    }
  }

  private static void tile(
      long[] x,
      int x0,
      int inner,
      MemorySegment panel,
      long at,
      long[] out,
      int c0,
      int stride,
      int last) {
    int x1 = x0 + Math.min(1, last) * inner;
    int x2 = x0 + Math.min(2, last) * inner;
    int x3 = x0 + last * inner;
    int c1 = c0 + Math.min(1, last) * stride;
    int c2 = c0 + Math.min(2, last) * stride;
    int c3 = c0 + last * stride;
    LongVector s00 = LongVector.fromArray(S, out, c0);
    LongVector s01 = LongVector.fromArray(S, out, c0 + L);
    LongVector s02 = LongVector.fromArray(S, out, c0 + 2 * L);
    LongVector s03 = LongVector.fromArray(S, out, c0 + 3 * L);
    LongVector s10 = LongVector.fromArray(S, out, c1);
    LongVector s11 = LongVector.fromArray(S, out, c1 + L);
    LongVector s12 = LongVector.fromArray(S, out, c1 + 2 * L);
    LongVector s13 = LongVector.fromArray(S, out, c1 + 3 * L);
    LongVector s20 = LongVector.fromArray(S, out, c2);
    LongVector s21 = LongVector.fromArray(S, out, c2 + L);
    LongVector s22 = LongVector.fromArray(S, out, c2 + 2 * L);
    LongVector s23 = LongVector.fromArray(S, out, c2 + 3 * L);
    LongVector s30 = LongVector.fromArray(S, out, c3);
    LongVector s31 = LongVector.fromArray(S, out, c3 + L);
    LongVector s32 = LongVector.fromArray(S, out, c3 + 2 * L);
    LongVector s33 = LongVector.fromArray(S, out, c3 + 3 * L);
    for (int i = 0; i < inner; i++) {
      long p = at + ROW * i;
      LongVector b0 = LongVector.fromMemorySegment(S, panel, p, LITTLE_ENDIAN);
      LongVector b1 = LongVector.fromMemorySegment(S, panel, p + V, LITTLE_ENDIAN);
      LongVector b2 = LongVector.fromMemorySegment(S, panel, p + 2 * V, LITTLE_ENDIAN);
      LongVector b3 = LongVector.fromMemorySegment(S, panel, p + 3 * V, LITTLE_ENDIAN);
      LongVector w = LongVector.broadcast(S, x[x0 + i]);
      s00 = s00.add(w.mul(b0));
      s01 = s01.add(w.mul(b1));
      s02 = s02.add(w.mul(b2));
      s03 = s03.add(w.mul(b3));
      w = LongVector.broadcast(S, x[x1 + i]);
      s10 = s10.add(w.mul(b0));
      s11 = s11.add(w.mul(b1));
      s12 = s12.add(w.mul(b2));
      s13 = s13.add(w.mul(b3));
      w = LongVector.broadcast(S, x[x2 + i]);
      s20 = s20.add(w.mul(b0));
      s21 = s21.add(w.mul(b1));
      s22 = s22.add(w.mul(b2));
      s23 = s23.add(w.mul(b3));
      w = LongVector.broadcast(S, x[x3 + i]);
      s30 = s30.add(w.mul(b0));
      s31 = s31.add(w.mul(b1));
      s32 = s32.add(w.mul(b2));
      s33 = s33.add(w.mul(b3));
    }
    s00.intoArray(out, c0);
    s01.intoArray(out, c0 + L);
    s02.intoArray(out, c0 + 2 * L);
    s03.intoArray(out, c0 + 3 * L);
    s10.intoArray(out, c1);
    s11.intoArray(out, c1 + L);
    s12.intoArray(out, c1 + 2 * L);
    s13.intoArray(out, c1 + 3 * L);
    s20.intoArray(out, c2);
    s21.intoArray(out, c2 + L);
    s22.intoArray(out, c2 + 2 * L);
    s23.intoArray(out, c2 + 3 * L);
    s30.intoArray(out, c3);
    s31.intoArray(out, c3 + L);
    s32.intoArray(out, c3 + 2 * L);
    s33.intoArray(out, c3 + 3 * L);
  }

  /**
   * One row is bound by memory. Two halves of the panel are read side by side: one stream of bare
   * loads reached 11 GB/s where two reach 28, as much as the machine reads at all.
   */
  private static void row(
      long[] x, int x0, int inner, MemorySegment panel, long at, long[] out, int c) {
    LongVector s0 = LongVector.fromArray(S, out, c);
    LongVector s1 = LongVector.fromArray(S, out, c + L);
    LongVector s2 = LongVector.fromArray(S, out, c + 2 * L);
    LongVector s3 = LongVector.fromArray(S, out, c + 3 * L);
    int half = inner >> 1;
    long away = ROW * half;
    for (int i = 0; i < half; i++) {
      long p = at + ROW * i;
      LongVector w = LongVector.broadcast(S, x[x0 + i]);
      s0 = s0.add(w.mul(LongVector.fromMemorySegment(S, panel, p, LITTLE_ENDIAN)));
      s1 = s1.add(w.mul(LongVector.fromMemorySegment(S, panel, p + V, LITTLE_ENDIAN)));
      s2 = s2.add(w.mul(LongVector.fromMemorySegment(S, panel, p + 2 * V, LITTLE_ENDIAN)));
      s3 = s3.add(w.mul(LongVector.fromMemorySegment(S, panel, p + 3 * V, LITTLE_ENDIAN)));
      long q = p + away;
      w = LongVector.broadcast(S, x[x0 + half + i]);
      s0 = s0.add(w.mul(LongVector.fromMemorySegment(S, panel, q, LITTLE_ENDIAN)));
      s1 = s1.add(w.mul(LongVector.fromMemorySegment(S, panel, q + V, LITTLE_ENDIAN)));
      s2 = s2.add(w.mul(LongVector.fromMemorySegment(S, panel, q + 2 * V, LITTLE_ENDIAN)));
      s3 = s3.add(w.mul(LongVector.fromMemorySegment(S, panel, q + 3 * V, LITTLE_ENDIAN)));
    }
    if ((inner & 1) != 0) {
      long p = at + ROW * (inner - 1);
      LongVector w = LongVector.broadcast(S, x[x0 + inner - 1]);
      s0 = s0.add(w.mul(LongVector.fromMemorySegment(S, panel, p, LITTLE_ENDIAN)));
      s1 = s1.add(w.mul(LongVector.fromMemorySegment(S, panel, p + V, LITTLE_ENDIAN)));
      s2 = s2.add(w.mul(LongVector.fromMemorySegment(S, panel, p + 2 * V, LITTLE_ENDIAN)));
      s3 = s3.add(w.mul(LongVector.fromMemorySegment(S, panel, p + 3 * V, LITTLE_ENDIAN)));
    }
    s0.intoArray(out, c);
    s1.intoArray(out, c + L);
    s2.intoArray(out, c + 2 * L);
    s3.intoArray(out, c + 3 * L);
  }
}
