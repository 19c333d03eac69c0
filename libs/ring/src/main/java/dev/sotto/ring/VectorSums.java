package dev.sotto.ring;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of chosen rows of a table of 32-bit words. For one word of choices a row of results is
 * loaded and stored once for eight rows of the table, which are read from end to end; for several,
 * eight vectors of results stay in registers while what is chosen passes by, a block of columns at
 * a time, whose rows stay in the first cache. Mapped memory and arrays have loads of their own,
 * because a method that sees both is fast for neither.
 */
final class VectorSums {
  private static final VectorSpecies<Integer> S = Lanes.INTS;
  private static final VectorSpecies<Byte> BYTES = S.withLanes(byte.class);
  private static final int L = S.length();
  private static final int AT_ONCE = 8;
  private static final int BLOCK = AT_ONCE * L;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private VectorSums() {}

  private static long choice(long chosen, int entries) {
    return entries == Kernels.GROUP ? chosen : chosen & ((1L << entries) - 1);
  }

  static void mapped(
      long[] chosen,
      int from,
      int stride,
      int rows,
      int entries,
      int width,
      MemorySegment table,
      long at,
      int[] out) {
    int whole = width - width % L;
    long row = 4L * width;
    int blocks = rows == 1 ? 0 : whole - whole % BLOCK;
    for (int i = 0; i < blocks; i += BLOCK) {
      for (int r = 0; r < rows; r++) {
        long bits = choice(chosen[from + r * stride], entries);
        block(bits, table, at + 4L * i, row, out, r * width + i);
      }
    }
    for (int r = 0; r < rows; r++) {
      long bits = choice(chosen[from + r * stride], entries);
      for (; Long.bitCount(bits) >= AT_ONCE; ) {
        long p0 = at + row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        long p1 = at + row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        long p2 = at + row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        long p3 = at + row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        long p4 = at + row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        long p5 = at + row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        long p6 = at + row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        long p7 = at + row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        eight(blocks, whole, table, p0, p1, p2, p3, p4, p5, p6, p7, out, r * width);
      }
      for (; bits != 0; bits &= bits - 1) {
        long p = at + row * Long.numberOfTrailingZeros(bits);
        one(blocks, whole, table, p, out, r * width);
      }
    }
    rest(chosen, from, stride, rows, entries, whole, width, table, at, out);
  }

  private static void block(long bits, MemorySegment t, long at, long row, int[] out, int to) {
    IntVector s0 = IntVector.fromArray(S, out, to);
    IntVector s1 = IntVector.fromArray(S, out, to + L);
    IntVector s2 = IntVector.fromArray(S, out, to + 2 * L);
    IntVector s3 = IntVector.fromArray(S, out, to + 3 * L);
    IntVector s4 = IntVector.fromArray(S, out, to + 4 * L);
    IntVector s5 = IntVector.fromArray(S, out, to + 5 * L);
    IntVector s6 = IntVector.fromArray(S, out, to + 6 * L);
    IntVector s7 = IntVector.fromArray(S, out, to + 7 * L);
    for (long left = bits; left != 0; left &= left - 1) {
      long p = at + row * Long.numberOfTrailingZeros(left);
      s0 = s0.add(words(t, p));
      s1 = s1.add(words(t, p + 4L * L));
      s2 = s2.add(words(t, p + 8L * L));
      s3 = s3.add(words(t, p + 12L * L));
      s4 = s4.add(words(t, p + 16L * L));
      s5 = s5.add(words(t, p + 20L * L));
      s6 = s6.add(words(t, p + 24L * L));
      s7 = s7.add(words(t, p + 28L * L));
    }
    s0.intoArray(out, to);
    s1.intoArray(out, to + L);
    s2.intoArray(out, to + 2 * L);
    s3.intoArray(out, to + 3 * L);
    s4.intoArray(out, to + 4 * L);
    s5.intoArray(out, to + 5 * L);
    s6.intoArray(out, to + 6 * L);
    s7.intoArray(out, to + 7 * L);
  }

  private static void eight(
      int from,
      int whole,
      MemorySegment t,
      long p0,
      long p1,
      long p2,
      long p3,
      long p4,
      long p5,
      long p6,
      long p7,
      int[] out,
      int to) {
    for (int i = from; i < whole; i += L) {
      long b = 4L * i;
      IntVector s = words(t, p0 + b).add(words(t, p1 + b));
      IntVector u = words(t, p2 + b).add(words(t, p3 + b));
      IntVector v = words(t, p4 + b).add(words(t, p5 + b));
      IntVector w = words(t, p6 + b).add(words(t, p7 + b));
      IntVector.fromArray(S, out, to + i).add(s.add(u)).add(v.add(w)).intoArray(out, to + i);
    }
  }

  private static void one(int from, int whole, MemorySegment t, long p, int[] out, int to) {
    for (int i = from; i < whole; i += L) {
      IntVector sum = IntVector.fromArray(S, out, to + i).add(words(t, p + 4L * i));
      sum.intoArray(out, to + i);
    }
  }

  private static IntVector words(MemorySegment t, long at) {
    return IntVector.fromMemorySegment(S, t, at, LITTLE_ENDIAN);
  }

  static void array(
      long[] chosen,
      int from,
      int stride,
      int rows,
      int entries,
      int width,
      byte[] table,
      int[] out) {
    int whole = width - width % L;
    int row = 4 * width;
    int blocks = rows == 1 ? 0 : whole - whole % BLOCK;
    for (int i = 0; i < blocks; i += BLOCK) {
      for (int r = 0; r < rows; r++) {
        long bits = choice(chosen[from + r * stride], entries);
        block(bits, table, 4 * i, row, out, r * width + i);
      }
    }
    for (int r = 0; r < rows; r++) {
      long bits = choice(chosen[from + r * stride], entries);
      for (; Long.bitCount(bits) >= AT_ONCE; ) {
        int p0 = row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int p1 = row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int p2 = row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int p3 = row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int p4 = row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int p5 = row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int p6 = row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int p7 = row * Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        eight(blocks, whole, table, p0, p1, p2, p3, p4, p5, p6, p7, out, r * width);
      }
      for (; bits != 0; bits &= bits - 1) {
        int p = row * Long.numberOfTrailingZeros(bits);
        one(blocks, whole, table, p, out, r * width);
      }
    }
    MemorySegment bytes = MemorySegment.ofArray(table);
    rest(chosen, from, stride, rows, entries, whole, width, bytes, 0, out);
  }

  private static void block(long bits, byte[] t, int at, int row, int[] out, int to) {
    IntVector s0 = IntVector.fromArray(S, out, to);
    IntVector s1 = IntVector.fromArray(S, out, to + L);
    IntVector s2 = IntVector.fromArray(S, out, to + 2 * L);
    IntVector s3 = IntVector.fromArray(S, out, to + 3 * L);
    IntVector s4 = IntVector.fromArray(S, out, to + 4 * L);
    IntVector s5 = IntVector.fromArray(S, out, to + 5 * L);
    IntVector s6 = IntVector.fromArray(S, out, to + 6 * L);
    IntVector s7 = IntVector.fromArray(S, out, to + 7 * L);
    for (long left = bits; left != 0; left &= left - 1) {
      int p = at + row * Long.numberOfTrailingZeros(left);
      s0 = s0.add(words(t, p));
      s1 = s1.add(words(t, p + 4 * L));
      s2 = s2.add(words(t, p + 8 * L));
      s3 = s3.add(words(t, p + 12 * L));
      s4 = s4.add(words(t, p + 16 * L));
      s5 = s5.add(words(t, p + 20 * L));
      s6 = s6.add(words(t, p + 24 * L));
      s7 = s7.add(words(t, p + 28 * L));
    }
    s0.intoArray(out, to);
    s1.intoArray(out, to + L);
    s2.intoArray(out, to + 2 * L);
    s3.intoArray(out, to + 3 * L);
    s4.intoArray(out, to + 4 * L);
    s5.intoArray(out, to + 5 * L);
    s6.intoArray(out, to + 6 * L);
    s7.intoArray(out, to + 7 * L);
  }

  private static void eight(
      int from,
      int whole,
      byte[] t,
      int p0,
      int p1,
      int p2,
      int p3,
      int p4,
      int p5,
      int p6,
      int p7,
      int[] out,
      int to) {
    for (int i = from; i < whole; i += L) {
      int b = 4 * i;
      IntVector s = words(t, p0 + b).add(words(t, p1 + b));
      IntVector u = words(t, p2 + b).add(words(t, p3 + b));
      IntVector v = words(t, p4 + b).add(words(t, p5 + b));
      IntVector w = words(t, p6 + b).add(words(t, p7 + b));
      IntVector.fromArray(S, out, to + i).add(s.add(u)).add(v.add(w)).intoArray(out, to + i);
    }
  }

  private static void one(int from, int whole, byte[] t, int p, int[] out, int to) {
    for (int i = from; i < whole; i += L) {
      IntVector sum = IntVector.fromArray(S, out, to + i).add(words(t, p + 4 * i));
      sum.intoArray(out, to + i);
    }
  }

  private static IntVector words(byte[] t, int at) {
    return ByteVector.fromArray(BYTES, t, at).reinterpretAsInts();
  }

  /** The end of each row that fills no vector. */
  private static void rest(
      long[] chosen,
      int from,
      int stride,
      int rows,
      int entries,
      int whole,
      int width,
      MemorySegment table,
      long at,
      int[] out) {
    for (int r = 0; r < rows && whole < width; r++) {
      long bits = choice(chosen[from + r * stride], entries);
      for (; bits != 0; bits &= bits - 1) {
        long p = at + 4L * width * Long.numberOfTrailingZeros(bits);
        for (int i = whole; i < width; i++) {
          out[r * width + i] += table.get(INT, p + 4L * i);
        }
      }
    }
  }
}
