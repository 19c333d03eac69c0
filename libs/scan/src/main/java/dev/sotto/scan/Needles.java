package dev.sotto.scan;

import static java.util.stream.Collectors.joining;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

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

  private final List<Needle> exact = new ArrayList<>();
  private final List<Near> near = new ArrayList<>();

  /** Nothing yet. */
  public Needles() {}

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

  /** Text as programs keep it and as they write it: in UTF-8, UTF-16, escaped for JSON, base64. */
  public void everyText(String name, String text) {
    text(name, text);
    Set<String> escaped = new LinkedHashSet<>();
    for (String letter : List.of("%c", "\\u%04x", "\\u%04X")) {
      escaped.add(escaped(text, letter));
    }
    escaped.remove(text);
    for (String json : escaped) {
      add(name + " escaped", json.getBytes(StandardCharsets.UTF_8));
    }
    bytes(name + " in UTF-8", text.getBytes(StandardCharsets.UTF_8));
    bytes(name + " in UTF-16", text.getBytes(StandardCharsets.UTF_16LE));
  }

  /** As JSON; letters beyond ASCII in the given format. */
  private static String escaped(String text, String letter) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> escaped.append('\\').append(c);
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        case '\b' -> escaped.append("\\b");
        case '\f' -> escaped.append("\\f");
        default -> {
          String format = c < 0x20 && letter.equals("%c") ? "\\u%04x" : letter;
          boolean plain = c >= 0x20 && c < 0x7f;
          escaped.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, format, (int) c));
        }
      }
    }
    return escaped.toString();
  }

  /** What every base64 of anything that has these bytes in it contains, wherever they begin. */
  private void bytes(String name, byte[] plain) {
    for (int skipped = 0; skipped < 3; skipped++) {
      int whole = (plain.length - skipped) / 3 * 3;
      byte[] part = Arrays.copyOfRange(plain, skipped, skipped + whole);
      add(name + " as base64 from byte " + skipped, Base64.getEncoder().encode(part));
      byte[] url = Base64.getUrlEncoder().encode(part);
      if (!Arrays.equals(url, Base64.getEncoder().encode(part))) {
        add(name + " as base64url from byte " + skipped, url);
      }
    }
  }

  /** Token ids as programs keep them and as they write them: in binary and in decimals. */
  public void everyInteger(String name, long... values) {
    integers(name, values);
    for (String comma : List.of(",", ", ")) {
      String list = Arrays.stream(values).mapToObj(Long::toString).collect(joining(comma));
      add(name + " as list with \"" + comma + "\"", list.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Text in UTF-8 and UTF-16. */
  public void text(String name, String text) {
    add(name + " as UTF-8", text.getBytes(StandardCharsets.UTF_8));
    add(name + " as UTF-16", text.getBytes(StandardCharsets.UTF_16LE));
    add(name + " as UTF-16 in network order", text.getBytes(StandardCharsets.UTF_16BE));
  }

  /** Integers of 32 and of 64 bits. */
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

  /** Floats of 64, 32 and, if there are eight or more, 16 bits. */
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
