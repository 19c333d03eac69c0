package dev.sotto.mpc;

import dev.sotto.ring.Prg;
import dev.sotto.ring.Words;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;

/**
 * Streams of AES-128 in counter mode, a key for each pair that this role belongs to.
 *
 * <p>Security: the keys are fresh for each session (protocol.md, Freshness) and live in memory
 * only.
 */
public final class AesStreams implements Streams {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final Map<Pair, byte[]> keys;
  private final Map<Pair, Prg> sources = new EnumMap<>(Pair.class);
  private byte[] buffer = {};

  /** Streams under 16-byte session keys, one for each of this role's two pairs. */
  public AesStreams(Map<Pair, byte[]> keys) {
    this.keys = new EnumMap<>(keys);
    keys.forEach((pair, key) -> sources.put(pair, new Prg(key)));
  }

  @Override
  public void words(Pair pair, long domain, int serial, int ring, long[] out, int from, int count) {
    Prg source = sources.get(pair);
    if (source == null) {
      throw new IllegalStateException("this role does not belong to " + pair);
    }
    if (ring > Integer.SIZE) {
      source.words(domain, serial, 0, out, from, count);
    } else {
      narrow(source, domain, serial, ring, out, from, count);
    }
    long keep = Words.mask(ring);
    for (int i = from; i < from + count; i++) {
      out[i] &= keep;
    }
  }

  /** A word of up to 8, 16 or 32 bits takes as many bits of the stream: less to encrypt. */
  private void narrow(
      Prg source, long domain, int serial, int ring, long[] out, int from, int count) {
    int width = ring <= Byte.SIZE ? 1 : ring <= Short.SIZE ? 2 : 4;
    int bytes = Math.multiplyExact(count, width);
    if (buffer.length < bytes) {
      buffer = new byte[bytes + bytes / 2];
    }
    source.bytes(domain, serial, 0, buffer, 0, bytes);
    switch (width) {
      case 1 -> {
        for (int i = 0; i < count; i++) {
          out[from + i] = buffer[i];
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          out[from + i] = (short) SHORT.get(buffer, 2 * i);
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          out[from + i] = (int) INT.get(buffer, 4 * i);
        }
      }
    }
  }

  @Override
  public Streams reader() {
    return new AesStreams(keys);
  }

  @Override
  public String toString() {
    return "AesStreams" + sources.keySet();
  }
}
