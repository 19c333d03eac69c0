package dev.sotto.ring;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of rows with a table's rows of 32-bit words: four rows of the table at a time stay in
 * the first cache for every row of x. Mapped memory and arrays have loads of their own, as in
 * {@link VectorSums}.
 */
final class VectorRows {
  private static final VectorSpecies<Integer> S = Lanes.INTS;
  private static final VectorSpecies<Byte> BYTES = S.withLanes(byte.class);
  private static final int L = S.length();
  private static final int AT_ONCE = 4;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private VectorRows() {}

  static void mapped(
      int[] x,
      int xFrom,
      int rows,
      int width,
      MemorySegment table,
      long at,
      int entries,
      int[] out,
      int outFrom,
      int stride) {
    int e = 0;
    for (; e + AT_ONCE <= entries; e += AT_ONCE) {
      for (int r = 0; r < rows; r++) {
        four(
            x, xFrom + r * width, width, table, at + 4L * width * e, out, outFrom + r * stride + e);
      }
    }
    rest(x, xFrom, rows, width, table, at, e, entries, out, outFrom, stride);
  }

  private static void four(
      int[] x, int from, int width, MemorySegment t, long at, int[] out, int to) {
    IntVector s0 = IntVector.zero(S);
    IntVector s1 = s0;
    IntVector s2 = s0;
    IntVector s3 = s0;
    long row = 4L * width;
    int whole = width - width % L;
    for (int i = 0; i < whole; i += L) {
      IntVector v = IntVector.fromArray(S, x, from + i);
      long p = at + 4L * i;
      s0 = s0.add(v.mul(words(t, p)));
      s1 = s1.add(v.mul(words(t, p + row)));
      s2 = s2.add(v.mul(words(t, p + 2 * row)));
      s3 = s3.add(v.mul(words(t, p + 3 * row)));
    }
    out[to] += s0.reduceLanes(VectorOperators.ADD);
    out[to + 1] += s1.reduceLanes(VectorOperators.ADD);
    out[to + 2] += s2.reduceLanes(VectorOperators.ADD);
    out[to + 3] += s3.reduceLanes(VectorOperators.ADD);
    for (int k = 0; k < AT_ONCE && whole < width; k++) {
      out[to + k] += tail(x, from, whole, width, t, at + k * row);
    }
  }

  private static IntVector words(MemorySegment t, long at) {
    return IntVector.fromMemorySegment(S, t, at, LITTLE_ENDIAN);
  }

  static void array(
      int[] x,
      int xFrom,
      int rows,
      int width,
      byte[] table,
      int entries,
      int[] out,
      int outFrom,
      int stride) {
    MemorySegment bytes = MemorySegment.ofArray(table);
    int e = 0;
    for (; e + AT_ONCE <= entries; e += AT_ONCE) {
      for (int r = 0; r < rows; r++) {
        int to = outFrom + r * stride + e;
        four(x, xFrom + r * width, width, table, bytes, 4 * width * e, out, to);
      }
    }
    rest(x, xFrom, rows, width, bytes, 0, e, entries, out, outFrom, stride);
  }

  private static void four(
      int[] x, int from, int width, byte[] t, MemorySegment same, int at, int[] out, int to) {
    IntVector s0 = IntVector.zero(S);
    IntVector s1 = s0;
    IntVector s2 = s0;
    IntVector s3 = s0;
    int row = 4 * width;
    int whole = width - width % L;
    for (int i = 0; i < whole; i += L) {
      IntVector v = IntVector.fromArray(S, x, from + i);
      int p = at + 4 * i;
      s0 = s0.add(v.mul(words(t, p)));
      s1 = s1.add(v.mul(words(t, p + row)));
      s2 = s2.add(v.mul(words(t, p + 2 * row)));
      s3 = s3.add(v.mul(words(t, p + 3 * row)));
    }
    out[to] += s0.reduceLanes(VectorOperators.ADD);
    out[to + 1] += s1.reduceLanes(VectorOperators.ADD);
    out[to + 2] += s2.reduceLanes(VectorOperators.ADD);
    out[to + 3] += s3.reduceLanes(VectorOperators.ADD);
    for (int k = 0; k < AT_ONCE && whole < width; k++) {
      out[to + k] += tail(x, from, whole, width, same, at + k * row);
    }
  }

  private static IntVector words(byte[] t, int at) {
    return ByteVector.fromArray(BYTES, t, at).reinterpretAsInts();
  }

  /** The last rows of a table, fewer than {@value #AT_ONCE}. */
  private static void rest(
      int[] x,
      int xFrom,
      int rows,
      int width,
      MemorySegment table,
      long at,
      int from,
      int entries,
      int[] out,
      int outFrom,
      int stride) {
    for (int r = 0; r < rows; r++) {
      for (int e = from; e < entries; e++) {
        int sum = tail(x, xFrom + r * width, 0, width, table, at + 4L * width * e);
        out[outFrom + r * stride + e] += sum;
      }
    }
  }

  private static int tail(int[] x, int from, int first, int width, MemorySegment t, long at) {
    int sum = 0;
    for (int i = first; i < width; i++) {
      sum += x[from + i] * t.get(INT, at + 4L * i);
    }
    return sum;
  }
}
