package dev.sotto.ring;

import static jdk.incubator.vector.VectorOperators.ADD;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * c += a·bᵀ over arrays: dot products of rows, 4 rows of a with 4 of b at a time. Missing rows of
 * the last tile repeat its last row, and what they give is not stored.
 */
final class VectorDots {
  private static final VectorSpecies<Long> S = Lanes.WORDS;
  private static final int L = S.length();

  private VectorDots() {}

  static void multiply(
      long[] a,
      int aFrom,
      int aStride,
      int rows,
      int inner,
      long[] b,
      int bFrom,
      int bStride,
      int cols,
      long[] c,
      int cFrom,
      int cStride) {
    int whole = inner - inner % L;
    for (int r = 0; r < rows; r += 4) {
      int aLast = Math.min(3, rows - 1 - r);
      for (int j = 0; j < cols; j += 4) {
        int bLast = Math.min(3, cols - 1 - j);
        int aAt = aFrom + r * aStride;
        int bAt = bFrom + j * bStride;
        int cAt = cFrom + r * cStride + j;
        if (aLast == 0) {
          row(a, aAt, whole, b, bAt, bStride, bLast, c, cAt);
        } else {
          tile(a, aAt, aStride, aLast, whole, b, bAt, bStride, bLast, c, cAt, cStride);
        }
      }
    }
    if (whole < inner) {
      rest(
          a,
          aFrom + whole,
          aStride,
          rows,
          inner - whole,
          b,
          bFrom + whole,
          bStride,
          cols,
          c,
          cFrom,
          cStride);
    }
  }

  private static void tile(
      long[] a,
      int a0,
      int aStride,
      int aLast,
      int inner,
      long[] b,
      int b0,
      int bStride,
      int bLast,
      long[] c,
      int cAt,
      int cStride) {
    int a1 = a0 + Math.min(1, aLast) * aStride;
    int a2 = a0 + Math.min(2, aLast) * aStride;
    int a3 = a0 + aLast * aStride;
    int b1 = b0 + Math.min(1, bLast) * bStride;
    int b2 = b0 + Math.min(2, bLast) * bStride;
    int b3 = b0 + bLast * bStride;
    LongVector zero = LongVector.zero(S);
    LongVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
    LongVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
    LongVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
    LongVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
    for (int i = 0; i < inner; i += L) {
      LongVector y0 = LongVector.fromArray(S, b, b0 + i);
      LongVector y1 = LongVector.fromArray(S, b, b1 + i);
      LongVector y2 = LongVector.fromArray(S, b, b2 + i);
      LongVector y3 = LongVector.fromArray(S, b, b3 + i);
      LongVector x = LongVector.fromArray(S, a, a0 + i);
      s00 = s00.add(x.mul(y0));
      s01 = s01.add(x.mul(y1));
      s02 = s02.add(x.mul(y2));
      s03 = s03.add(x.mul(y3));
      x = LongVector.fromArray(S, a, a1 + i);
      s10 = s10.add(x.mul(y0));
      s11 = s11.add(x.mul(y1));
      s12 = s12.add(x.mul(y2));
      s13 = s13.add(x.mul(y3));
      x = LongVector.fromArray(S, a, a2 + i);
      s20 = s20.add(x.mul(y0));
      s21 = s21.add(x.mul(y1));
      s22 = s22.add(x.mul(y2));
      s23 = s23.add(x.mul(y3));
      x = LongVector.fromArray(S, a, a3 + i);
      s30 = s30.add(x.mul(y0));
      s31 = s31.add(x.mul(y1));
      s32 = s32.add(x.mul(y2));
      s33 = s33.add(x.mul(y3));
    }
    store(s00, s01, s02, s03, bLast, c, cAt);
    if (aLast > 0) {
      store(s10, s11, s12, s13, bLast, c, cAt + cStride);
    }
    if (aLast > 1) {
      store(s20, s21, s22, s23, bLast, c, cAt + 2 * cStride);
    }
    if (aLast > 2) {
      store(s30, s31, s32, s33, bLast, c, cAt + 3 * cStride);
    }
  }

  private static void row(
      long[] a, int a0, int inner, long[] b, int b0, int bStride, int bLast, long[] c, int cAt) {
    int b1 = b0 + Math.min(1, bLast) * bStride;
    int b2 = b0 + Math.min(2, bLast) * bStride;
    int b3 = b0 + bLast * bStride;
    LongVector zero = LongVector.zero(S);
    LongVector s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    for (int i = 0; i < inner; i += L) {
      LongVector x = LongVector.fromArray(S, a, a0 + i);
      s0 = s0.add(x.mul(LongVector.fromArray(S, b, b0 + i)));
      s1 = s1.add(x.mul(LongVector.fromArray(S, b, b1 + i)));
      s2 = s2.add(x.mul(LongVector.fromArray(S, b, b2 + i)));
      s3 = s3.add(x.mul(LongVector.fromArray(S, b, b3 + i)));
    }
    store(s0, s1, s2, s3, bLast, c, cAt);
  }

  private static void store(
      LongVector s0, LongVector s1, LongVector s2, LongVector s3, int last, long[] c, int at) {
    c[at] += s0.reduceLanes(ADD);
    if (last > 0) {
      c[at + 1] += s1.reduceLanes(ADD);
    }
    if (last > 1) {
      c[at + 2] += s2.reduceLanes(ADD);
    }
    if (last > 2) {
      c[at + 3] += s3.reduceLanes(ADD);
    }
  }

  /** The end of the inner axis that fills no vector. */
  private static void rest(
      long[] a,
      int aFrom,
      int aStride,
      int rows,
      int inner,
      long[] b,
      int bFrom,
      int bStride,
      int cols,
      long[] c,
      int cFrom,
      int cStride) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < cols; j++) {
        long sum = 0;
        for (int i = 0; i < inner; i++) {
          sum += a[aFrom + r * aStride + i] * b[bFrom + j * bStride + i];
        }
        c[cFrom + r * cStride + j] += sum;
      }
    }
  }
}
