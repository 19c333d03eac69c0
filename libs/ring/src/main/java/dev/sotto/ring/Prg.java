package dev.sotto.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-128 in counter mode as a source of words, addressed by (domain, index): block b of a stream
 * is AES_key(domain ‖ index ‖ b), big-endian, with 64, 32 and 32 bits. A stream has 2^33 words, and
 * may be read from any of them.
 *
 * <p>Security: AES is assumed to be a pseudorandom function; two streams of one key with different
 * (domain, index) are independent. That no address is used twice is the caller's duty. Not
 * thread-safe: one instance a thread.
 */
public final class Prg {
  private static final int CHUNK = 1 << 13; // bytes; the JDK's AES is at full speed from about 4 kB
  static final int CHUNK_WORDS = CHUNK / 8;
  private static final byte[] ZEROS = new byte[CHUNK];
  private static final long WORDS = 1L << 33; // of a stream: two a block, 32 bits of block number

  /** Bytes of a block. */
  public static final int BLOCK = 16;

  private static final VarHandle BIG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LITTLE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SecretKeySpec key;
  private final Cipher cipher;
  private final Cipher single; // for blocks that do not follow one another
  private final byte[] buffer = new byte[CHUNK];
  private final MemorySegment view = MemorySegment.ofArray(buffer);

  /** A source under a 16-byte key, which is copied. */
  public Prg(byte[] key) {
    if (key.length != 16) {
      throw new IllegalArgumentException("an AES-128 key has 16 bytes, this one has " + key.length);
    }
    this.key = new SecretKeySpec(key, "AES");
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
      single = Cipher.getInstance("AES/ECB/NoPadding");
      single.init(Cipher.ENCRYPT_MODE, this.key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES/CTR and AES/ECB", e);
    }
  }

  /**
   * Fills out[from … from + count) with words of stream (domain, index), starting at its word
   * {@code start}.
   *
   * @throws IllegalArgumentException if the range leaves the array or the stream
   */
  public void words(long domain, int index, long start, long[] out, int from, int count) {
    open(domain, index, start, out.length, from, count);
    int skip = (int) start & 1;
    for (int done = 0; done < count; skip = 0) {
      int n = Math.min(CHUNK / 8 - skip, count - done);
      next(8 * (skip + n));
      MemorySegment.copy(view, LITTLE, 8L * skip, out, from + done, n);
      done += n;
    }
  }

  /**
   * Fills out[from … from + count) with words of {@code bits} bits: the low bits of consecutive
   * little-endian pieces of stream (domain, index), of 1, 2, 4 or 8 bytes each, the fewest that
   * hold them. What is made stays in the first cache until it is where it belongs.
   *
   * @throws IllegalArgumentException if the range leaves the array or the stream
   */
  public void reduced(long domain, int index, int bits, long[] out, int from, int count) {
    long keep = Words.mask(bits);
    int width = bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
    range("out", out.length, from, count);
    stream("words", 0, count, WORDS);
    seek(domain, index, 0);
    int most = CHUNK / width;
    for (int done = 0; done < count; done += most) {
      int n = Math.min(most, count - done);
      next(n * width);
      put(width, keep, out, from + done, n);
    }
  }

  private void put(int width, long keep, long[] out, int from, int count) {
    switch (width) {
      case 1 -> {
        for (int i = 0; i < count; i++) {
          out[from + i] = buffer[i] & keep;
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          out[from + i] = (short) SHORT.get(buffer, 2 * i) & keep;
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          out[from + i] = (int) INT.get(buffer, 4 * i) & keep;
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          out[from + i] = (long) LONG.get(buffer, 8 * i) & keep;
        }
      }
    }
  }

  /** out[from + i] += word start + i of stream (domain, index), i &lt; count, in one pass. */
  public void add(long domain, int index, long start, long[] out, int from, int count) {
    open(domain, index, start, out.length, from, count);
    int skip = (int) start & 1;
    for (int done = 0; done < count; skip = 0) {
      int n = Math.min(CHUNK / 8 - skip, count - done);
      next(8 * (skip + n));
      addWords(buffer, 8 * skip, out, from + done, n);
      done += n;
    }
  }

  /**
   * Adds the first {@code count} 32-bit words of stream (domain, index), little-endian, to those of
   * {@code out} from its first byte on.
   */
  public void addNarrow(long domain, int index, byte[] out, int count) {
    range("out", out.length, 0, Math.multiplyExact(Integer.BYTES, count));
    seek(domain, index, 0);
    for (int done = 0; done < count; ) {
      int n = Math.min(CHUNK / Integer.BYTES, count - done);
      next(Integer.BYTES * n);
      for (int i = 0; i < Integer.BYTES * n; i += Integer.BYTES) {
        int at = Integer.BYTES * done + i;
        INT.set(out, at, (int) INT.get(out, at) + (int) INT.get(buffer, i));
      }
      done += n;
    }
  }

  /** out[from + i] −= word start + i of stream (domain, index), i &lt; count, in one pass. */
  public void subtract(long domain, int index, long start, long[] out, int from, int count) {
    open(domain, index, start, out.length, from, count);
    int skip = (int) start & 1;
    for (int done = 0; done < count; skip = 0) {
      int n = Math.min(CHUNK / 8 - skip, count - done);
      next(8 * (skip + n));
      subtractWords(buffer, 8 * skip, out, from + done, n);
      done += n;
    }
  }

  /**
   * Fills out[from … from + count) with bytes of stream (domain, index), starting at its byte
   * {@code start}; word i of a stream is its bytes 8i to 8i + 7, little-endian.
   *
   * @throws IllegalArgumentException if the range leaves the array or the stream
   */
  public void bytes(long domain, int index, long start, byte[] out, int from, int count) {
    range("out", out.length, from, count);
    stream("bytes", start, count, 8 * WORDS);
    seek(domain, index, start >>> 4);
    int skip = (int) start & 15;
    int done = skip == 0 ? whole(out, from, count) : 0;
    for (; done < count; skip = 0) {
      int n = Math.min(CHUNK - skip, count - done);
      next(skip + n);
      System.arraycopy(buffer, skip, out, from + done, n);
      done += n;
    }
  }

  /**
   * Of stream (domain, index), cut into rows of {@code rowBytes} bytes, those of the first 64 that
   * bits choose, one after the other from out's first byte on: the others are not made.
   *
   * @param rowBytes a multiple of 16
   * @return how many rows
   * @throws IllegalArgumentException if they do not fit
   */
  public int chosenRows(long domain, int index, int rowBytes, long chosen, byte[] out) {
    int rows = Long.bitCount(chosen);
    if (rowBytes < BLOCK || rowBytes % BLOCK != 0) {
      throw new IllegalArgumentException(
          "rows of %d bytes are not of whole blocks".formatted(rowBytes));
    }
    range("out", out.length, 0, Math.multiplyExact(rows, rowBytes));
    int each = rowBytes / BLOCK;
    for (int i = 0; i < CHUNK; i += BLOCK) {
      BIG.set(buffer, i, domain);
    }
    int filled = 0;
    int done = 0;
    for (long left = chosen; left != 0; left &= left - 1) {
      long first = (long) index << 32 | (long) each * Long.numberOfTrailingZeros(left);
      for (int from = 0; from < each; ) {
        int n = Math.min(each - from, (CHUNK - filled) / BLOCK);
        for (int b = 0; b < n; b++) {
          BIG.set(buffer, filled + b * BLOCK + Long.BYTES, first + from + b);
        }
        from += n;
        filled += n * BLOCK;
        if (filled == CHUNK) {
          done += single(CHUNK, out, done);
          filled = 0;
        }
      }
    }
    single(filled, out, done);
    return rows;
  }

  private int single(int bytes, byte[] out, int at) {
    try {
      return single.update(buffer, 0, bytes, out, at);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/ECB failed", e);
    }
  }

  /** Opens stream (domain, index) at its first word, for {@link #chunk}. */
  void open(long domain, int index) {
    seek(domain, index, 0);
  }

  /**
   * The next {@code words} words of the stream that was opened, little-endian from byte 0 on, until
   * the next call: an even number, and at most {@value #CHUNK_WORDS}.
   */
  byte[] chunk(int words) {
    next(8 * words);
    return buffer;
  }

  /** Puts the next whole blocks of the stream right where they belong; how many bytes they are. */
  private int whole(byte[] out, int from, int count) {
    int whole = count & ~15;
    try {
      for (int done = 0; done < whole; ) {
        done += cipher.update(ZEROS, 0, Math.min(CHUNK, whole - done), out, from + done);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR failed", e);
    }
    return whole;
  }

  private static void addWords(byte[] stream, int at, long[] out, int from, int count) {
    for (int i = 0; i < count; i++) {
      out[from + i] += (long) LONG.get(stream, at + 8 * i);
    }
  }

  private static void subtractWords(byte[] stream, int at, long[] out, int from, int count) {
    for (int i = 0; i < count; i++) {
      out[from + i] -= (long) LONG.get(stream, at + 8 * i);
    }
  }

  private void open(long domain, int index, long start, int length, int from, int count) {
    range("out", length, from, count);
    stream("words", start, count, WORDS);
    seek(domain, index, start >>> 1);
  }

  private static void range(String name, int length, int from, int count) {
    if (from < 0 || count < 0 || count > length - from) {
      throw new IllegalArgumentException(
          "%s: %d elements from %d do not lie within its %d".formatted(name, count, from, length));
    }
  }

  /** A counter that ran over would step into the next index. */
  private static void stream(String unit, long start, int count, long limit) {
    if (start < 0 || start > limit - count) {
      throw new IllegalArgumentException(
          "a stream has %d %s; %d from %d are not in it".formatted(limit, unit, count, start));
    }
  }

  private void seek(long domain, int index, long block) {
    byte[] iv = new byte[16];
    ByteBuffer.wrap(iv).putLong(domain).putInt(index).putInt((int) block);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR refused its parameters", e);
    }
  }

  /**
   * Puts the next {@code bytes} bytes of the stream, and what fills their last block, in buffer.
   */
  private void next(int bytes) {
    try {
      cipher.update(ZEROS, 0, (bytes + 15) & ~15, buffer, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR failed", e);
    }
  }

  @Override
  public String toString() {
    return "Prg(secret)";
  }
}
