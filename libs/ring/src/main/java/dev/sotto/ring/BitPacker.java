package dev.sotto.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Words of k bits, one after the other, least significant bit first: the form in which values cross
 * a link.
 */
public final class BitPacker {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private BitPacker() {}

  /**
   * Bytes that {@code count} words of {@code bits} bits take, the last byte filled with zeros.
   *
   * @throws IllegalArgumentException if bits is not 1..64, count is negative, or they exceed an
   *     array
   */
  public static int bytes(int count, int bits) {
    if (bits < 1 || bits > 64) {
      throw new IllegalArgumentException("bits must be 1..64, was " + bits);
    }
    long bytes = ((long) count * bits + 7) >>> 3;
    if (count < 0 || bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "count: %d words of %d bits do not fit an array".formatted(count, bits));
    }
    return (int) bytes;
  }

  /**
   * Writes the low {@code bits} bits of words[from … from + count) to out at byte {@code at};
   * returns the next free byte.
   *
   * @throws IllegalArgumentException if a range leaves its array
   */
  public static int pack(long[] words, int from, int count, int bits, byte[] out, int at) {
    int end = at + check(words.length, from, count, bits, out.length, at);
    if (bits == 64) {
      MemorySegment.copy(words, from, MemorySegment.ofArray(out), WORD, at, count);
    } else if (bits > 56) {
      packWide(words, from, count, bits, out, at, end);
    } else {
      packNarrow(words, from, count, bits, out, at, end);
    }
    return end;
  }

  /**
   * Stores eight bytes for every word and moves on by the whole bytes among them: no branch. Eight
   * words take whole bytes, so that eights do not wait for one another.
   */
  private static void packNarrow(
      long[] words, int from, int count, int bits, byte[] out, int at, int end) {
    long mask = Words.mask(bits);
    int p = at;
    int i = from;
    for (int last = end - 8 - ((7 * bits) >>> 3); i + 8 <= from + count && p <= last; i += 8) {
      long eight = 0;
      for (int j = 0; j < 8; j++) {
        int bit = j * bits;
        eight |= (words[i + j] & mask) << (bit & 7);
        LONG.set(out, p + (bit >>> 3), eight);
        eight >>>= ((bit & 7) + bits) & 0x38;
      }
      p += bits;
    }
    long pending = 0;
    int filled = 0; // bits of pending, below 8
    for (; i < from + count && p <= end - 8; i++) {
      pending |= (words[i] & mask) << filled;
      LONG.set(out, p, pending);
      filled += bits;
      p += filled >>> 3;
      pending >>>= filled & 0x38;
      filled &= 7;
    }
    for (; i < from + count; i++) { // fewer than 8 bytes are left, so all of it fits pending
      pending |= (words[i] & mask) << filled;
      filled += bits;
    }
    rest(pending, out, p, end);
  }

  /** 57 to 63 bits do not fit beside up to 7 pending ones: collects 64 bits before it stores. */
  private static void packWide(
      long[] words, int from, int count, int bits, byte[] out, int at, int end) {
    long mask = Words.mask(bits);
    long pending = 0;
    int filled = 0;
    int p = at;
    for (int i = from; i < from + count; i++) {
      long w = words[i] & mask;
      pending |= w << filled;
      filled += bits;
      if (filled >= 64) {
        LONG.set(out, p, pending);
        p += 8;
        filled -= 64;
        pending = w >>> (bits - filled); // bits − filled went out: 1..bits, below 64
      }
    }
    rest(pending, out, p, end);
  }

  private static void rest(long pending, byte[] out, int at, int end) {
    for (int p = at; p < end; p++) {
      out[p] = (byte) pending;
      pending >>>= 8;
    }
  }

  /**
   * The inverse of {@link #pack}: reads {@code count} words; returns the next unread byte. Filling
   * bits of the last byte are ignored.
   *
   * @throws IllegalArgumentException if a range leaves its array
   */
  public static int unpack(byte[] in, int at, int count, int bits, long[] words, int from) {
    int bytes = check(words.length, from, count, bits, in.length, at);
    if (bits == 64) {
      MemorySegment.copy(MemorySegment.ofArray(in), WORD, at, words, from, count);
      return at + bytes;
    }
    // Words whose nine bytes from the first lie in the range are read without a look at the end.
    int whole = bytes < 9 ? 0 : (int) Math.min(count, (((long) bytes - 9) * 8 + 7) / bits + 1);
    if (bits <= 57) {
      unpackNarrow(in, at, whole, bits, words, from);
    } else {
      unpackWide(in, at, whole, bits, words, from);
    }
    long mask = Words.mask(bits);
    for (int i = whole; i < count; i++) {
      long bit = (long) i * bits;
      int p = at + (int) (bit >>> 3);
      int shift = (int) bit & 7;
      long w = 0;
      for (int b = 0, n = (shift + bits + 7) >>> 3; b < n; b++) {
        long v = in[p + b] & 0xffL;
        int s = 8 * b - shift;
        w |= s >= 0 ? v << s : v >>> -s;
      }
      words[from + i] = w & mask;
    }
    return at + bytes;
  }

  private static void unpackNarrow(byte[] in, int at, int count, int bits, long[] words, int from) {
    long mask = Words.mask(bits);
    long bit = 0;
    for (int i = 0; i < count; i++, bit += bits) {
      words[from + i] = (long) LONG.get(in, at + (int) (bit >>> 3)) >>> bit % 8 & mask;
    }
  }

  private static void unpackWide(byte[] in, int at, int count, int bits, long[] words, int from) {
    long mask = Words.mask(bits);
    long bit = 0;
    for (int i = 0; i < count; i++, bit += bits) {
      int p = at + (int) (bit >>> 3);
      int shift = (int) bit & 7;
      long high = (in[p + 8] & 0xffL) << 1 << (63 - shift);
      words[from + i] = ((long) LONG.get(in, p) >>> shift | high) & mask;
    }
  }

  private static int check(int length, int from, int count, int bits, int byteLength, int at) {
    int bytes = bytes(count, bits);
    if (from < 0 || count > length - from) {
      throw new IllegalArgumentException(
          "words: %d from %d do not lie within %d".formatted(count, from, length));
    }
    if (at < 0 || bytes > byteLength - at) {
      throw new IllegalArgumentException(
          "bytes: %d words of %d bits take %d bytes, which from %d do not lie within %d"
              .formatted(count, bits, bytes, at, byteLength));
    }
    return bytes;
  }
}
