package dev.sotto.ring;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of a table's rows of 32-bit words, eight of them at a time: a row of results is loaded and
 * stored once for eight rows of the table, which stay in the first cache for every row of y. Mapped
 * memory and arrays have loads of their own, because a method that sees both is fast for neither.
 */
final class VectorCombine {
  private static final VectorSpecies<Integer> S = Lanes.INTS;
  private static final VectorSpecies<Byte> BYTES = S.withLanes(byte.class);
  private static final int L = S.length();
  private static final int AT_ONCE = 8;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private VectorCombine() {}

  static void mapped(
      int[] y,
      int yFrom,
      int yStride,
      int rows,
      int entries,
      int width,
      MemorySegment table,
      long at,
      int[] out) {
    int whole = width - width % L;
    int e = 0;
    for (; e + AT_ONCE <= entries; e += AT_ONCE) {
      for (int r = 0; r < rows; r++) {
        eight(y, yFrom + r * yStride + e, whole, width, table, at + 4L * width * e, out, r * width);
      }
    }
    for (; e < entries; e++) {
      for (int r = 0; r < rows; r++) {
        one(y[yFrom + r * yStride + e], whole, table, at + 4L * width * e, out, r * width);
      }
    }
    rest(y, yFrom, yStride, rows, entries, whole, width, table, at, out);
  }

  private static void eight(
      int[] y, int from, int whole, int width, MemorySegment t, long at, int[] out, int to) {
    IntVector y0 = IntVector.broadcast(S, y[from]);
    IntVector y1 = IntVector.broadcast(S, y[from + 1]);
    IntVector y2 = IntVector.broadcast(S, y[from + 2]);
    IntVector y3 = IntVector.broadcast(S, y[from + 3]);
    IntVector y4 = IntVector.broadcast(S, y[from + 4]);
    IntVector y5 = IntVector.broadcast(S, y[from + 5]);
    IntVector y6 = IntVector.broadcast(S, y[from + 6]);
    IntVector y7 = IntVector.broadcast(S, y[from + 7]);
    long row = 4L * width;
    for (int i = 0; i < whole; i += L) {
      long p = at + 4L * i;
      IntVector a = y0.mul(words(t, p)).add(y1.mul(words(t, p + row)));
      IntVector b = y2.mul(words(t, p + 2 * row)).add(y3.mul(words(t, p + 3 * row)));
      IntVector c = y4.mul(words(t, p + 4 * row)).add(y5.mul(words(t, p + 5 * row)));
      IntVector d = y6.mul(words(t, p + 6 * row)).add(y7.mul(words(t, p + 7 * row)));
      IntVector.fromArray(S, out, to + i).add(a.add(b)).add(c.add(d)).intoArray(out, to + i);
    }
  }

  private static void one(int y, int whole, MemorySegment t, long at, int[] out, int to) {
    IntVector w = IntVector.broadcast(S, y);
    for (int i = 0; i < whole; i += L) {
      IntVector sum = IntVector.fromArray(S, out, to + i).add(w.mul(words(t, at + 4L * i)));
      sum.intoArray(out, to + i);
    }
  }

  private static IntVector words(MemorySegment t, long at) {
    return IntVector.fromMemorySegment(S, t, at, LITTLE_ENDIAN);
  }

  static void array(
      int[] y, int yFrom, int yStride, int rows, int entries, int width, byte[] table, int[] out) {
    int whole = width - width % L;
    int e = 0;
    for (; e + AT_ONCE <= entries; e += AT_ONCE) {
      for (int r = 0; r < rows; r++) {
        eight(y, yFrom + r * yStride + e, whole, width, table, 4 * width * e, out, r * width);
      }
    }
    for (; e < entries; e++) {
      for (int r = 0; r < rows; r++) {
        one(y[yFrom + r * yStride + e], whole, table, 4 * width * e, out, r * width);
      }
    }
    MemorySegment bytes = MemorySegment.ofArray(table);
    rest(y, yFrom, yStride, rows, entries, whole, width, bytes, 0, out);
  }

  private static void eight(
      int[] y, int from, int whole, int width, byte[] t, int at, int[] out, int to) {
    IntVector y0 = IntVector.broadcast(S, y[from]);
    IntVector y1 = IntVector.broadcast(S, y[from + 1]);
    IntVector y2 = IntVector.broadcast(S, y[from + 2]);
    IntVector y3 = IntVector.broadcast(S, y[from + 3]);
    IntVector y4 = IntVector.broadcast(S, y[from + 4]);
    IntVector y5 = IntVector.broadcast(S, y[from + 5]);
    IntVector y6 = IntVector.broadcast(S, y[from + 6]);
    IntVector y7 = IntVector.broadcast(S, y[from + 7]);
    int row = 4 * width;
    for (int i = 0; i < whole; i += L) {
      int p = at + 4 * i;
      IntVector a = y0.mul(words(t, p)).add(y1.mul(words(t, p + row)));
      IntVector b = y2.mul(words(t, p + 2 * row)).add(y3.mul(words(t, p + 3 * row)));
      IntVector c = y4.mul(words(t, p + 4 * row)).add(y5.mul(words(t, p + 5 * row)));
      IntVector d = y6.mul(words(t, p + 6 * row)).add(y7.mul(words(t, p + 7 * row)));
      IntVector.fromArray(S, out, to + i).add(a.add(b)).add(c.add(d)).intoArray(out, to + i);
    }
  }

  private static void one(int y, int whole, byte[] t, int at, int[] out, int to) {
    IntVector w = IntVector.broadcast(S, y);
    for (int i = 0; i < whole; i += L) {
      IntVector sum = IntVector.fromArray(S, out, to + i).add(w.mul(words(t, at + 4 * i)));
      sum.intoArray(out, to + i);
    }
  }

  private static IntVector words(byte[] t, int at) {
    return ByteVector.fromArray(BYTES, t, at).reinterpretAsInts();
  }

  /** The end of each row that fills no vector. */
  private static void rest(
      int[] y,
      int yFrom,
      int yStride,
      int rows,
      int entries,
      int whole,
      int width,
      MemorySegment table,
      long at,
      int[] out) {
    for (int r = 0; r < rows && whole < width; r++) {
      for (int e = 0; e < entries; e++) {
        int w = y[yFrom + r * yStride + e];
        for (int i = whole; i < width; i++) {
          out[r * width + i] += w * table.get(INT, at + 4L * ((long) e * width + i));
        }
      }
    }
  }
}
