package dev.sotto.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-128 in counter mode as a source of words, addressed by (domain, index): block b of a stream
 * is AES_key(domain ‖ index ‖ b), with 64, 32 and 32 bits. A stream has at most 2^33 words.
 *
 * <p>Security: AES is assumed to be a pseudorandom function; two streams of one key with different
 * (domain, index) are independent. That no address is used twice is the caller's duty. Not
 * thread-safe: one instance a thread.
 */
public final class Prg {
  private static final int CHUNK = 1 << 13; // bytes; the JDK's AES is at full speed from about 4 kB
  private static final byte[] ZEROS = new byte[CHUNK];
  private static final ValueLayout.OfLong LITTLE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SecretKeySpec key;
  private final Cipher cipher;
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
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES/CTR", e);
    }
  }

  /**
   * Fills out[from … from + count) with words of stream (domain, index), starting at its word
   * {@code start} (even).
   */
  public void words(long domain, int index, long start, long[] out, int from, int count) {
    open(domain, index, start);
    try {
      int done = 0;
      while (done < count) {
        int n = Math.min(CHUNK / 8, count - done);
        cipher.update(ZEROS, 0, (n * 8 + 15) & ~15, buffer, 0);
        MemorySegment.copy(view, LITTLE, 0, out, from + done, n);
        done += n;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR failed", e);
    }
  }

  private void open(long domain, int index, long start) {
    if ((start & 1) != 0 || start < 0 || start >= 1L << 33) {
      throw new IllegalArgumentException(
          "a stream is read from an even word below 2^33, not " + start);
    }
    byte[] iv = new byte[16];
    ByteBuffer.wrap(iv).putLong(domain).putInt(index).putInt((int) (start >>> 1));
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/CTR refused its parameters", e);
    }
  }

  @Override
  public String toString() {
    return "Prg(secret)";
  }
}
