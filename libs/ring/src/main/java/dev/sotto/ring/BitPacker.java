package dev.sotto.ring;

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

  private BitPacker() {}

  /** Bytes that {@code count} words of {@code bits} bits take, the last byte filled with zeros. */
  public static int bytes(int count, int bits) {
    return Math.toIntExact(((long) count * bits + 7) >>> 3);
  }

  /**
   * Writes the low {@code bits} bits of words[from … from + count) to out at byte {@code at};
   * returns the next free byte.
   */
  public static int pack(long[] words, int from, int count, int bits, byte[] out, int at) {
    int end = at + bytes(count, bits);
    long mask = Words.mask(bits);
    long pending = 0;
    int filled = 0;
    int p = at;
    for (int i = from; i < from + count; i++) {
      long w = words[i] & mask;
      pending |= w << filled;
      if (filled + bits >= 64) {
        LONG.set(out, p, pending);
        p += 8;
        pending = filled == 0 ? 0 : w >>> (64 - filled);
        filled += bits - 64;
        if (filled == 0) {
          pending = 0;
        }
      } else {
        filled += bits;
      }
    }
    while (p < end) {
      out[p++] = (byte) pending;
      pending >>>= 8;
    }
    return end;
  }

  /** The inverse of {@link #pack}: reads {@code count} words; returns the next unread byte. */
  public static int unpack(byte[] in, int at, int count, int bits, long[] words, int from) {
    int end = at + bytes(count, bits);
    long mask = Words.mask(bits);
    long bit = 0;
    int i = 0;
    for (; i < count; i++, bit += bits) {
      int p = at + (int) (bit >>> 3);
      int shift = (int) bit & 7;
      if (p + 9 > end) {
        break;
      }
      long w = (long) LONG.get(in, p) >>> shift;
      if (shift + bits > 64) {
        w |= ((long) in[p + 8] & 0xff) << (64 - shift);
      }
      words[from + i] = w & mask;
    }
    for (; i < count; i++, bit += bits) {
      long w = 0;
      int p = at + (int) (bit >>> 3);
      int shift = (int) bit & 7;
      for (int b = 0, n = (shift + bits + 7) >>> 3; b < n; b++) {
        long v = in[p + b] & 0xffL;
        int s = 8 * b - shift;
        w |= s >= 0 ? v << s : v >>> -s;
      }
      words[from + i] = w & mask;
    }
    return end;
  }
}
