package dev.sotto.scan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Values in every form in which a process could hold them: what to look for. They are kept
 * scrambled, so that a process that looks through itself does not find what it looks for in here.
 */
public final class Needles {
  private static final byte SCRAMBLE = 0x5a;

  /** One form of one secret: bytes that must not lie in a row anywhere. */
  record Needle(String name, byte[] scrambled) {
    int length() {
      return scrambled.length;
    }

    byte at(int i) {
      return (byte) (scrambled[i] ^ SCRAMBLE);
    }
  }

  /**
   * Consecutive values of which only the neighbourhood is known, because sharing rounds: words of
   * 2^{@code ring} or sign-extended ones.
   */
  record Near(String name, long[] negated, int ring, long tolerance) {
    boolean at(long[] words, int from) {
      int unused = 64 - ring;
      for (int i = 0; i < negated.length; i++) {
        long off = (words[from + i] << unused >> unused) + negated[i];
        if (off > tolerance || off < -tolerance) {
          return false;
        }
      }
      return true;
    }
  }

  /** Nothing yet. */
  public Needles() {}

  private final List<Needle> exact = new ArrayList<>();
  private final List<Near> near = new ArrayList<>();

  List<Needle> exact() {
    return exact;
  }

  List<Near> near() {
    return near;
  }

  private void add(String name, byte[] plain) {
    for (int i = 0; i < plain.length; i++) {
      plain[i] ^= SCRAMBLE;
    }
    exact.add(new Needle(name, plain));
  }

  /** These and others. */
  public Needles and(Needles others) {
    Needles all = new Needles();
    all.exact.addAll(exact);
    all.exact.addAll(others.exact);
    all.near.addAll(near);
    all.near.addAll(others.near);
    return all;
  }

  public void text(String name, String text) {
    add(name + " as UTF-8", text.getBytes(StandardCharsets.UTF_8));
    add(name + " as UTF-16", text.getBytes(StandardCharsets.UTF_16LE));
    add(name + " as UTF-16 in network order", text.getBytes(StandardCharsets.UTF_16BE));
  }

  public void integers(String name, long... values) {
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      ByteBuffer ints = ByteBuffer.allocate(4 * values.length).order(order);
      ByteBuffer longs = ByteBuffer.allocate(8 * values.length).order(order);
      for (long v : values) {
        ints.putInt((int) v);
        longs.putLong(v);
      }
      add(name + " as int32, " + order, ints.array());
      add(name + " as int64, " + order, longs.array());
    }
  }

  public void floats(String name, float... values) {
    ByteBuffer floats = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer doubles = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer brains = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      floats.putFloat(v);
      doubles.putDouble(v);
      brains.putShort((short) (Float.floatToRawIntBits(v) >>> 16));
    }
    add(name + " as float32", floats.array());
    add(name + " as float64", doubles.array());
    if (values.length >= 8) {
      add(name + " as bfloat16", brains.array());
    }
  }

  /** Values that {@code fraction} bits hold without rounding. */
  public void fixed(String name, int fraction, float... values) {
    ByteBuffer words = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer halves = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      double scaled = Math.scalb((double) v, fraction);
      if (scaled != Math.rint(scaled)) {
        throw new IllegalArgumentException(name + " is rounded at " + fraction + " bits");
      }
      words.putLong((long) scaled);
      halves.putInt((int) (long) scaled);
    }
    add(name + " as int64 of " + fraction + " fraction bits", words.array());
    add(name + " as int32 of " + fraction + " fraction bits", halves.array());
  }

  /** Values of an activation, up to what sharing's rounding makes of them. */
  public void around(String name, int ring, int fraction, double tolerance, double... values) {
    long[] negated = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      negated[i] = -Math.round(Math.scalb(values[i], fraction));
    }
    long units = Math.round(Math.scalb(tolerance, fraction));
    near.add(new Near(name + " near 2^" + fraction, negated, ring, units));
  }
}
