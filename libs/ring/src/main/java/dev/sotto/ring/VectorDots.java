package dev.sotto.ring;

import static jdk.incubator.vector.VectorOperators.ADD;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * c += a·bᵀ over arrays: dot products of rows, 2 rows of a with 4 of b at a time (with 4 by 4 the
 * sums over lanes outgrow what the compiler takes in one method, and it gives up on vectors).
 * Missing rows of b in the last tile repeat its last row, and what they give is not stored.
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
    for (int r = 0; r < rows; r += 2) {
      int aAt = aFrom + r * aStride;
      for (int j = 0; j < cols; j += 4) {
        int last = Math.min(3, cols - 1 - j);
        int bAt = bFrom + j * bStride;
        int cAt = cFrom + r * cStride + j;
        if (r + 1 < rows) {
          pair(a, aAt, aStride, whole, b, bAt, bStride, last, c, cAt, cStride);
        } else {
          row(a, aAt, whole, b, bAt, bStride, last, c, cAt);
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

  private static void pair(
      long[] a,
      int a0,
      int aStride,
      int inner,
      long[] b,
      int b0,
      int bStride,
      int last,
      long[] c,
      int cAt,
      int cStride) {
    int a1 = a0 + aStride;
    int b1 = b0 + Math.min(1, last) * bStride;
    int b2 = b0 + Math.min(2, last) * bStride;
    int b3 = b0 + last * bStride;
    LongVector zero = LongVector.zero(S);
    LongVector s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    LongVector t0 = zero, t1 = zero, t2 = zero, t3 = zero;
    for (int i = 0; i < inner; i += L) {
      LongVector x = LongVector.fromArray(S, a, a0 + i);
      LongVector y = LongVector.fromArray(S, a, a1 + i);
      LongVector w = LongVector.fromArray(S, b, b0 + i);
      s0 = s0.add(x.mul(w));
      t0 = t0.add(y.mul(w));
      w = LongVector.fromArray(S, b, b1 + i);
      s1 = s1.add(x.mul(w));
      t1 = t1.add(y.mul(w));
      w = LongVector.fromArray(S, b, b2 + i);
      s2 = s2.add(x.mul(w));
      t2 = t2.add(y.mul(w));
      w = LongVector.fromArray(S, b, b3 + i);
      s3 = s3.add(x.mul(w));
      t3 = t3.add(y.mul(w));
    }
    store(s0, s1, s2, s3, last, c, cAt);
    store(t0, t1, t2, t3, last, c, cAt + cStride);
  }

  private static void row(
      long[] a, int a0, int inner, long[] b, int b0, int bStride, int last, long[] c, int cAt) {
    int b1 = b0 + Math.min(1, last) * bStride;
    int b2 = b0 + Math.min(2, last) * bStride;
    int b3 = b0 + last * bStride;
    LongVector zero = LongVector.zero(S);
    LongVector s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    for (int i = 0; i < inner; i += L) {
      LongVector x = LongVector.fromArray(S, a, a0 + i);
      s0 = s0.add(x.mul(LongVector.fromArray(S, b, b0 + i)));
      s1 = s1.add(x.mul(LongVector.fromArray(S, b, b1 + i)));
      s2 = s2.add(x.mul(LongVector.fromArray(S, b, b2 + i)));
      s3 = s3.add(x.mul(LongVector.fromArray(S, b, b3 + i)));
    }
    store(s0, s1, s2, s3, last, c, cAt);
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
