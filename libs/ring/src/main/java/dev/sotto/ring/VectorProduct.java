package dev.sotto.ring;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * c += a·b over arrays: a tile of 4 rows by 4 vectors of columns stays in registers while it walks
 * the inner axis. Missing rows of the last tile repeat its last row: a tile reads all results
 * before it writes the first, so a repeated row is written twice with the same words.
 */
final class VectorProduct {
  private static final VectorSpecies<Long> S = Lanes.WORDS;
  private static final int L = S.length();

  private VectorProduct() {}

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
    int j = 0;
    for (; j + 4 * L <= cols; j += 4 * L) {
      if (rows == 1) {
        row(a, aFrom, inner, b, bFrom + j, bStride, c, cFrom + j);
      } else {
        for (int r = 0; r < rows; r += 4) {
          int last = Math.min(3, rows - 1 - r);
          tile(
              a,
              aFrom + r * aStride,
              aStride,
              inner,
              b,
              bFrom + j,
              bStride,
              c,
              cFrom + j + r * cStride,
              cStride,
              last);
        }
      }
    }
    for (; j + L <= cols; j += L) {
      for (int r = 0; r < rows; r++) {
        strip(a, aFrom + r * aStride, inner, b, bFrom + j, bStride, c, cFrom + j + r * cStride);
      }
    }
    for (; j < cols; j++) {
      for (int r = 0; r < rows; r++) {
        column(a, aFrom + r * aStride, inner, b, bFrom + j, bStride, c, cFrom + j + r * cStride);
      }
    }
  }

  private static void tile(
      long[] a,
      int aAt,
      int aStride,
      int inner,
      long[] b,
      int bAt,
      int bStride,
      long[] c,
      int cAt,
      int cStride,
      int last) {
    int a1 = aAt + Math.min(1, last) * aStride;
    int a2 = aAt + Math.min(2, last) * aStride;
    int a3 = aAt + last * aStride;
    int c1 = cAt + Math.min(1, last) * cStride;
    int c2 = cAt + Math.min(2, last) * cStride;
    int c3 = cAt + last * cStride;
    LongVector s00 = LongVector.fromArray(S, c, cAt);
    LongVector s01 = LongVector.fromArray(S, c, cAt + L);
    LongVector s02 = LongVector.fromArray(S, c, cAt + 2 * L);
    LongVector s03 = LongVector.fromArray(S, c, cAt + 3 * L);
    LongVector s10 = LongVector.fromArray(S, c, c1);
    LongVector s11 = LongVector.fromArray(S, c, c1 + L);
    LongVector s12 = LongVector.fromArray(S, c, c1 + 2 * L);
    LongVector s13 = LongVector.fromArray(S, c, c1 + 3 * L);
    LongVector s20 = LongVector.fromArray(S, c, c2);
    LongVector s21 = LongVector.fromArray(S, c, c2 + L);
    LongVector s22 = LongVector.fromArray(S, c, c2 + 2 * L);
    LongVector s23 = LongVector.fromArray(S, c, c2 + 3 * L);
    LongVector s30 = LongVector.fromArray(S, c, c3);
    LongVector s31 = LongVector.fromArray(S, c, c3 + L);
    LongVector s32 = LongVector.fromArray(S, c, c3 + 2 * L);
    LongVector s33 = LongVector.fromArray(S, c, c3 + 3 * L);
    for (int i = 0; i < inner; i++) {
      int p = bAt + i * bStride;
      LongVector b0 = LongVector.fromArray(S, b, p);
      LongVector b1 = LongVector.fromArray(S, b, p + L);
      LongVector b2 = LongVector.fromArray(S, b, p + 2 * L);
      LongVector b3 = LongVector.fromArray(S, b, p + 3 * L);
      LongVector x = LongVector.broadcast(S, a[aAt + i]);
      s00 = s00.add(x.mul(b0));
      s01 = s01.add(x.mul(b1));
      s02 = s02.add(x.mul(b2));
      s03 = s03.add(x.mul(b3));
      x = LongVector.broadcast(S, a[a1 + i]);
      s10 = s10.add(x.mul(b0));
      s11 = s11.add(x.mul(b1));
      s12 = s12.add(x.mul(b2));
      s13 = s13.add(x.mul(b3));
      x = LongVector.broadcast(S, a[a2 + i]);
      s20 = s20.add(x.mul(b0));
      s21 = s21.add(x.mul(b1));
      s22 = s22.add(x.mul(b2));
      s23 = s23.add(x.mul(b3));
      x = LongVector.broadcast(S, a[a3 + i]);
      s30 = s30.add(x.mul(b0));
      s31 = s31.add(x.mul(b1));
      s32 = s32.add(x.mul(b2));
      s33 = s33.add(x.mul(b3));
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + L);
    s02.intoArray(c, cAt + 2 * L);
    s03.intoArray(c, cAt + 3 * L);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + L);
    s12.intoArray(c, c1 + 2 * L);
    s13.intoArray(c, c1 + 3 * L);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + L);
    s22.intoArray(c, c2 + 2 * L);
    s23.intoArray(c, c2 + 3 * L);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + L);
    s32.intoArray(c, c3 + 2 * L);
    s33.intoArray(c, c3 + 3 * L);
  }

  private static void row(
      long[] a, int aAt, int inner, long[] b, int bAt, int bStride, long[] c, int cAt) {
    LongVector s0 = LongVector.fromArray(S, c, cAt);
    LongVector s1 = LongVector.fromArray(S, c, cAt + L);
    LongVector s2 = LongVector.fromArray(S, c, cAt + 2 * L);
    LongVector s3 = LongVector.fromArray(S, c, cAt + 3 * L);
    for (int i = 0; i < inner; i++) {
      int p = bAt + i * bStride;
      LongVector x = LongVector.broadcast(S, a[aAt + i]);
      s0 = s0.add(x.mul(LongVector.fromArray(S, b, p)));
      s1 = s1.add(x.mul(LongVector.fromArray(S, b, p + L)));
      s2 = s2.add(x.mul(LongVector.fromArray(S, b, p + 2 * L)));
      s3 = s3.add(x.mul(LongVector.fromArray(S, b, p + 3 * L)));
    }
    s0.intoArray(c, cAt);
    s1.intoArray(c, cAt + L);
    s2.intoArray(c, cAt + 2 * L);
    s3.intoArray(c, cAt + 3 * L);
  }

  private static void strip(
      long[] a, int aAt, int inner, long[] b, int bAt, int bStride, long[] c, int cAt) {
    LongVector s = LongVector.fromArray(S, c, cAt);
    for (int i = 0; i < inner; i++) {
      LongVector x = LongVector.broadcast(S, a[aAt + i]);
      s = s.add(x.mul(LongVector.fromArray(S, b, bAt + i * bStride)));
    }
    s.intoArray(c, cAt);
  }

  private static void column(
      long[] a, int aAt, int inner, long[] b, int bAt, int bStride, long[] c, int cAt) {
    long s = c[cAt];
    for (int i = 0; i < inner; i++) {
      s += a[aAt + i] * b[bAt + i * bStride];
    }
    c[cAt] = s;
  }
}
