package dev.sotto.mpc.digest;

import dev.sotto.ring.Prg;
import dev.sotto.ring.Words;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The public random rows of one point of one step, and its dither: R = PRG(seed, step, point). To
 * be used once: whoever knows R can change a vector in R's null space unseen, so it must not exist
 * before the vector is fixed.
 *
 * <p>A row's integers are independent, symmetric around zero and of a triangular distribution. Rows
 * of a centred point are moved, by ones at random places, until they add to zero: so a constant
 * added to all values projects to zero. That is the projection of the mean-centred vector, in any
 * ring, without a division.
 */
public final class Projection {
  /** Length of a seed. */
  public static final int SEED_BYTES = 16;

  private static final int DRAW_BYTES = 2; // of a row's integer

  private final Point point;
  private final byte[] seed;
  private final long step;
  private final long[] dither;

  /**
   * Draws nothing but the dither yet: rows are drawn where they are used, {@code 2 · size} bytes at
   * a time.
   *
   * @param seed 16 bytes, published after the vectors were fixed
   */
  public Projection(byte[] seed, long step, Point point) {
    this.point = point;
    this.seed = seed.clone();
    this.step = step;
    this.dither = new long[point.bits()];
    new Prg(seed).words(domain(point.name() + "/dither", step), 0, 0, dither, 0, point.bits());
    Words.reduce(dither, point.ring());
  }

  private static long domain(String point, long step) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(("sotto/digest/1/" + point + "/" + step).getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(sha.digest()).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /** What is projected. */
  public Point point() {
    return point;
  }

  /** The dither w, public. [bits] of 2^ring */
  long[] dither() {
    return dither;
  }

  /** R·x in 2^ring, linear in x: a share's is a share of the whole's. [bits] */
  long[] of(long[] x) {
    int size = point.size();
    if (x.length != size) {
      throw new IllegalArgumentException(point + " cannot be read from " + x.length + " values");
    }
    Prg prg = new Prg(seed);
    long domain = domain(point.name(), step);
    byte[] drawn = new byte[DRAW_BYTES * size];
    int[] row = new int[size];
    long all = 0;
    for (long v : x) {
      all += v;
    }
    long[] out = new long[point.bits()];
    for (int j = 0; j < out.length; j++) {
      prg.bytes(domain, j, 0, drawn, 0, drawn.length);
      draw(drawn, point.spread(), row);
      long product = product(row, x);
      out[j] = point.centred() ? product - offCentre(prg, domain, j, row, x, all) : product;
    }
    Words.reduce(out, point.ring());
    return out;
  }

  /** Differences of two uniform bytes, scaled and rounded. */
  private static void draw(byte[] drawn, int spread, int[] row) {
    for (int i = 0; i < row.length; i++) {
      int difference = (drawn[DRAW_BYTES * i] & 0xff) - (drawn[DRAW_BYTES * i + 1] & 0xff);
      row[i] = (difference * spread + 128) >> 8;
    }
  }

  private static long product(int[] row, long[] x) {
    long sum = 0;
    for (int i = 0; i < row.length; i++) {
      sum += row[i] * x[i];
    }
    return sum;
  }

  /** What balancing the row takes from its product: a multiple of all values, then single ones. */
  private long offCentre(Prg prg, long domain, int j, int[] row, long[] x, long all) {
    long sum = 0;
    for (int r : row) {
      sum += r;
    }
    long each = sum / point.size();
    long off = each * all;
    long rest = sum - each * point.size();
    Positions positions = new Positions(prg, domain, j, DRAW_BYTES * point.size(), point.size());
    for (long n = Math.abs(rest); n > 0; n--) {
      off += Long.signum(rest) * x[positions.next()];
    }
    return off;
  }

  /**
   * The digest of a vector that is known: what a digest under sharing of the same words is, but for
   * a bit in 2^13 that its truncation turns. [bits], 0 or 1
   *
   * @param x the vector's words, fixed point as they were shared
   */
  public long[] bits(long[] x) {
    long[] z = of(x);
    for (int i = 0; i < z.length; i++) {
      z[i] = (z[i] + dither[i]) >>> (point.ring() - 1) & 1;
    }
    return z;
  }

  @Override
  public String toString() {
    return "Projection[" + point + "]";
  }

  /** Uniform positions from what a row's stream has left. */
  private static final class Positions {
    private static final int AT_ONCE = 64;
    private final Prg prg;
    private final long domain;
    private final int row;
    private final int size;
    private final int shift;
    private final long[] words = new long[AT_ONCE];
    private long from;
    private int used = AT_ONCE;

    Positions(Prg prg, long domain, int row, int skipBytes, int size) {
      this.prg = prg;
      this.domain = domain;
      this.row = row;
      this.size = size;
      this.shift = Long.numberOfLeadingZeros(size - 1L | 1);
      this.from = (skipBytes + 15) / 16 * 2L;
    }

    int next() {
      while (true) {
        if (used == AT_ONCE) {
          prg.words(domain, row, from, words, 0, AT_ONCE);
          from += AT_ONCE;
          used = 0;
        }
        long position = words[used++] >>> shift;
        if (position < size) {
          return (int) position;
        }
      }
    }
  }
}
