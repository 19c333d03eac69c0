package dev.sotto.mpc;

import dev.sotto.ring.Prg;
import java.util.EnumMap;
import java.util.Map;

/**
 * Streams of AES-128 in counter mode, a key for each pair that this role belongs to. A word of up
 * to 8, 16 or 32 bits takes as many bits of a stream: less to encrypt.
 *
 * <p>Security: the keys are fresh for each session (protocol.md, Freshness) and live in memory
 * only.
 */
public final class AesStreams implements Streams {
  private final Map<Pair, byte[]> keys;
  private final Map<Pair, Prg> sources = new EnumMap<>(Pair.class);

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
    source.reduced(domain, serial, ring, out, from, count);
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
