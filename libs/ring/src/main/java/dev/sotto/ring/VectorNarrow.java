package dev.sotto.ring;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * out += x·panel for panels of 32-bit words: tiles of four rows by four vectors for a panel in an
 * array, as a cipher or a copy left it, and one row at the speed of memory for a mapped one.
 */
final class VectorNarrow {
  private static final VectorSpecies<Integer> S = Lanes.INTS;
  private static final VectorSpecies<Byte> B = S.withLanes(byte.class);
  private static final int L = S.length();
  private static final int V = 4 * L; // bytes of a vector
  private static final int ROW = 4 * Kernels.NARROW_PANEL;

  private VectorNarrow() {}

  static void array(
      int[] x, int xFrom, int rows, int inner, byte[] panel, int[] out, int outFrom, int stride) {
    for (int j = 0; j < Kernels.NARROW_PANEL; j += 4 * L) {
      if (rows == 1) {
        row(x, xFrom, inner, panel, 4 * j, out, outFrom + j);
      } else {
        for (int r = 0; r < rows; r += 4) {
          int last = Math.min(3, rows - 1 - r);
          int to = outFrom + j + r * stride;
          tile(x, xFrom + r * inner, inner, panel, 4 * j, out, to, stride, last);
        }
      }
    }
  }

  /** Missing rows of a last tile repeat its last row, as in {@link VectorProduct}. */
  private static void tile(
      int[] x, int x0, int inner, byte[] panel, int at, int[] out, int c0, int stride, int last) {
    int x1 = x0 + Math.min(1, last) * inner;
    int x2 = x0 + Math.min(2, last) * inner;
    int x3 = x0 + last * inner;
    int c1 = c0 + Math.min(1, last) * stride;
    int c2 = c0 + Math.min(2, last) * stride;
    int c3 = c0 + last * stride;
    IntVector s00 = IntVector.fromArray(S, out, c0);
    IntVector s01 = IntVector.fromArray(S, out, c0 + L);
    IntVector s02 = IntVector.fromArray(S, out, c0 + 2 * L);
    IntVector s03 = IntVector.fromArray(S, out, c0 + 3 * L);
    IntVector s10 = IntVector.fromArray(S, out, c1);
    IntVector s11 = IntVector.fromArray(S, out, c1 + L);
    IntVector s12 = IntVector.fromArray(S, out, c1 + 2 * L);
    IntVector s13 = IntVector.fromArray(S, out, c1 + 3 * L);
    IntVector s20 = IntVector.fromArray(S, out, c2);
    IntVector s21 = IntVector.fromArray(S, out, c2 + L);
    IntVector s22 = IntVector.fromArray(S, out, c2 + 2 * L);
    IntVector s23 = IntVector.fromArray(S, out, c2 + 3 * L);
    IntVector s30 = IntVector.fromArray(S, out, c3);
    IntVector s31 = IntVector.fromArray(S, out, c3 + L);
    IntVector s32 = IntVector.fromArray(S, out, c3 + 2 * L);
    IntVector s33 = IntVector.fromArray(S, out, c3 + 3 * L);
    for (int i = 0; i < inner; i++) {
      int p = at + ROW * i;
      IntVector b0 = words(panel, p);
      IntVector b1 = words(panel, p + V);
      IntVector b2 = words(panel, p + 2 * V);
      IntVector b3 = words(panel, p + 3 * V);
      IntVector w = IntVector.broadcast(S, x[x0 + i]);
      s00 = s00.add(w.mul(b0));
      s01 = s01.add(w.mul(b1));
      s02 = s02.add(w.mul(b2));
      s03 = s03.add(w.mul(b3));
      w = IntVector.broadcast(S, x[x1 + i]);
      s10 = s10.add(w.mul(b0));
      s11 = s11.add(w.mul(b1));
      s12 = s12.add(w.mul(b2));
      s13 = s13.add(w.mul(b3));
      w = IntVector.broadcast(S, x[x2 + i]);
      s20 = s20.add(w.mul(b0));
      s21 = s21.add(w.mul(b1));
      s22 = s22.add(w.mul(b2));
      s23 = s23.add(w.mul(b3));
      w = IntVector.broadcast(S, x[x3 + i]);
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

  private static void row(int[] x, int x0, int inner, byte[] panel, int at, int[] out, int c) {
    IntVector s0 = IntVector.fromArray(S, out, c);
    IntVector s1 = IntVector.fromArray(S, out, c + L);
    IntVector s2 = IntVector.fromArray(S, out, c + 2 * L);
    IntVector s3 = IntVector.fromArray(S, out, c + 3 * L);
    for (int i = 0; i < inner; i++) {
      int p = at + ROW * i;
      IntVector w = IntVector.broadcast(S, x[x0 + i]);
      s0 = s0.add(w.mul(words(panel, p)));
      s1 = s1.add(w.mul(words(panel, p + V)));
      s2 = s2.add(w.mul(words(panel, p + 2 * V)));
      s3 = s3.add(w.mul(words(panel, p + 3 * V)));
    }
    s0.intoArray(out, c);
    s1.intoArray(out, c + L);
    s2.intoArray(out, c + 2 * L);
    s3.intoArray(out, c + 3 * L);
  }

  private static IntVector words(byte[] panel, int at) {
    return ByteVector.fromArray(B, panel, at).reinterpretAsInts();
  }

  /** One row, two halves of the panel side by side: see {@link VectorPanel}. */
  static void mappedRow(
      int[] x, int xFrom, int inner, MemorySegment panel, long panelAt, int[] out, int outFrom) {
    for (int j = 0; j < Kernels.NARROW_PANEL; j += 4 * L) {
      row(x, xFrom, inner, panel, panelAt + 4L * j, out, outFrom + j);
    }
  }

  private static void row(
      int[] x, int x0, int inner, MemorySegment panel, long at, int[] out, int c) {
    IntVector s0 = IntVector.fromArray(S, out, c);
    IntVector s1 = IntVector.fromArray(S, out, c + L);
    IntVector s2 = IntVector.fromArray(S, out, c + 2 * L);
    IntVector s3 = IntVector.fromArray(S, out, c + 3 * L);
    int half = inner >> 1;
    long away = (long) ROW * half;
    for (int i = 0; i < half; i++) {
      long p = at + (long) ROW * i;
      IntVector w = IntVector.broadcast(S, x[x0 + i]);
      s0 = s0.add(w.mul(words(panel, p)));
      s1 = s1.add(w.mul(words(panel, p + V)));
      s2 = s2.add(w.mul(words(panel, p + 2L * V)));
      s3 = s3.add(w.mul(words(panel, p + 3L * V)));
      long q = p + away;
      w = IntVector.broadcast(S, x[x0 + half + i]);
      s0 = s0.add(w.mul(words(panel, q)));
      s1 = s1.add(w.mul(words(panel, q + V)));
      s2 = s2.add(w.mul(words(panel, q + 2L * V)));
      s3 = s3.add(w.mul(words(panel, q + 3L * V)));
    }
    if ((inner & 1) != 0) {
      long p = at + (long) ROW * (inner - 1);
      IntVector w = IntVector.broadcast(S, x[x0 + inner - 1]);
      s0 = s0.add(w.mul(words(panel, p)));
      s1 = s1.add(w.mul(words(panel, p + V)));
      s2 = s2.add(w.mul(words(panel, p + 2L * V)));
      s3 = s3.add(w.mul(words(panel, p + 3L * V)));
    }
    s0.intoArray(out, c);
    s1.intoArray(out, c + L);
    s2.intoArray(out, c + 2 * L);
    s3.intoArray(out, c + 3 * L);
  }

  private static IntVector words(MemorySegment panel, long at) {
    return IntVector.fromMemorySegment(S, panel, at, LITTLE_ENDIAN);
  }
}
