package dev.sotto.mpc;

import dev.sotto.ring.Words;
import java.util.List;

/**
 * [x]: {@code size} values of Z_2^ring, x = x0 + x1, read as signed with {@code fraction} fraction
 * bits. An evaluator holds its summand; the dealer holds nothing, and its {@link #words} are empty.
 */
public final class Share {
  private static final long[] NOTHING = {};
  private final int size;
  private final int ring;
  private final int fraction;
  private final long[] words;

  /** An evaluator's summand; the words must be reduced to the ring. */
  public Share(long[] words, int ring, int fraction) {
    this(words.length, ring, fraction, words);
  }

  private Share(int size, int ring, int fraction, long[] words) {
    this.size = size;
    this.ring = ring;
    this.fraction = fraction;
    this.words = words;
  }

  /** What the dealer holds: the shape. */
  public static Share shape(int size, int ring, int fraction) {
    return new Share(size, ring, fraction, NOTHING);
  }

  public int size() {
    return size;
  }

  public int ring() {
    return ring;
  }

  public int fraction() {
    return fraction;
  }

  /** This evaluator's summand; empty at the dealer. */
  public long[] words() {
    return words;
  }

  private boolean held() {
    return words.length == size;
  }

  /** Values [from, from + count). */
  public Share slice(int from, int count) {
    return held()
        ? new Share(java.util.Arrays.copyOfRange(words, from, from + count), ring, fraction)
        : shape(count, ring, fraction);
  }

  /** An evaluator's shares one after the other, all in one ring. */
  public static Share joined(List<Share> rows) {
    Share first = rows.getFirst();
    long[] all = new long[rows.stream().mapToInt(Share::size).sum()];
    int at = 0;
    for (Share r : rows) {
      if (r.ring != first.ring || r.fraction != first.fraction || !r.held()) {
        throw new IllegalArgumentException(r + " does not continue " + first);
      }
      System.arraycopy(r.words, 0, all, at, r.size);
      at += r.size;
    }
    return new Share(all, first.ring, first.fraction);
  }

  /** Columns [from, to) of rows of {@code width} values. */
  public Share columns(int width, int from, int to) {
    int rows = size / width;
    int w = to - from;
    if (!held()) {
      return shape(rows * w, ring, fraction);
    }
    long[] out = new long[rows * w];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(words, r * width + from, out, r * w, w);
    }
    return new Share(out, ring, fraction);
  }

  /** The same values modulo a smaller ring. */
  public Share reduce(int toRing) {
    if (toRing > ring) {
      throw new IllegalArgumentException("a share of 2^" + ring + " cannot be read in 2^" + toRing);
    }
    if (!held()) {
      return shape(size, toRing, fraction);
    }
    long[] out = words.clone();
    Words.reduce(out, toRing);
    return new Share(out, toRing, fraction);
  }

  /** x · 2^bits in a ring that is wider by as much: exact, the fraction grows. */
  public Share shiftUp(int bits) {
    if (!held()) {
      return shape(size, ring + bits, fraction + bits);
    }
    long[] out = new long[size];
    for (int i = 0; i < size; i++) {
      out[i] = words[i] << bits;
    }
    return new Share(out, ring + bits, fraction + bits);
  }

  /** x + y, in the same ring with the same fraction. */
  public Share plus(Share y) {
    if (ring != y.ring || fraction != y.fraction || size != y.size) {
      throw new IllegalArgumentException("cannot add " + y + " to " + this);
    }
    if (!held()) {
      return this;
    }
    long mask = Words.mask(ring);
    long[] out = new long[size];
    for (int i = 0; i < size; i++) {
      out[i] = (words[i] + y.words[i]) & mask;
    }
    return new Share(out, ring, fraction);
  }

  /**
   * The same words read with another number of fraction bits: a multiplication by a public power of
   * two.
   */
  public Share withFraction(int bits) {
    return new Share(size, ring, bits, words);
  }

  @Override
  public String toString() {
    return "Share[" + size + " values, ring 2^" + ring + ", fraction " + fraction + "]";
  }
}
