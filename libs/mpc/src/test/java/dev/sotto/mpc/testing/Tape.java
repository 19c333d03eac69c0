package dev.sotto.mpc.testing;

import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Streams;
import java.util.HashMap;
import java.util.Map;

/**
 * All randomness of a tiny program as one number: every draw owns some of its bits, in the order of
 * first sight. A program is run once for every number.
 */
final class Tape {
  private static final int MOST_BITS = 22;

  private record Draw(int pair, long name) {}

  private final Map<Draw, Integer> offsets = new HashMap<>();
  private int bits;
  private boolean recording = true;
  private long number;

  /** Runs that it takes to see every number. */
  long numbers() {
    recording = false;
    return 1L << bits;
  }

  void turnTo(long next) {
    number = next;
  }

  /** Word {@code i} of {@code count} words of {@code width} bits that {@code pair} draws. */
  long word(int pair, long name, int i, int count, int width) {
    Draw draw = new Draw(pair, name);
    Integer offset = offsets.get(draw);
    if (offset == null) {
      if (!recording) {
        throw new AssertionError("a run draws what the first one did not");
      }
      offset = bits;
      offsets.put(draw, offset);
      bits += count * width;
      if (bits > MOST_BITS) {
        throw new AssertionError("too much randomness to enumerate: " + bits + " bits");
      }
    }
    return (number >>> (offset + i * width)) & ((1L << width) - 1);
  }

  /** The streams of a seat: what it draws is a part of its view. */
  Streams seenBy(View view) {
    return new Streams() {
      @Override
      public void words(
          Pair pair, long domain, int serial, int ring, long[] out, int from, int count) {
        for (int i = 0; i < count; i++) {
          out[from + i] = word(pair.name().hashCode(), domain, i, count, ring);
          view.see(out[from + i]);
        }
      }

      @Override
      public Streams reader() {
        return this;
      }
    };
  }

  /** All that one role sees in one run, in order, as a fingerprint of 64 bits. */
  static final class View {
    private long print;

    void clear() {
      print = 0x9E3779B97F4A7C15L;
    }

    void see(long word) {
      long x = (print ^ word) * 0xBF58476D1CE4E5B9L;
      x = (x ^ x >>> 29) * 0x94D049BB133111EBL;
      print = x ^ x >>> 32;
    }

    void see(byte[] message, int length) {
      for (int i = 0; i < length; i++) {
        see(message[i]);
      }
    }

    long print() {
      return print;
    }
  }
}
