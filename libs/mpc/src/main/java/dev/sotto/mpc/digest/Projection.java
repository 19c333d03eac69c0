package dev.sotto.mpc.digest;

import dev.sotto.ring.Prg;
import dev.sotto.ring.Words;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The public random signs of one point of one step, and its dither: R = PRG(seed, step, point). To
 * be used once: whoever knows R can change a vector in R's null space unseen, so it must not exist
 * before the vector is fixed.
 *
 * <p>Rows of a centred point have as many +1 as −1, so a constant added to all values projects to
 * zero: the projection of the mean-centred vector, in any ring, without a division. (A row of an
 * odd number of values leaves one out, another one in each row.)
 */
public final class Projection {
  /** Length of a seed. */
  public static final int SEED_BYTES = 16;

  private static final int GROUP = 8; // values that share a table of all sums of their subsets
  private static final int TILE = 64; // groups whose tables fit a core's cache
  private static final int SUMS = 1 << GROUP;

  private final Point point;
  private final int groups;
  private final byte[] signs; // [bits, groups], bit i of a byte: +1 for value i of the group
  private final int[] leftOut; // a row's value that does not count, or −1
  private final long[] dither;

  /**
   * Draws the signs: {@code bits · size / 8} bytes.
   *
   * @param seed 16 bytes, published after the vectors were fixed
   */
  public Projection(byte[] seed, long step, Point point) {
    this.point = point;
    this.groups = (point.size() + GROUP - 1) / GROUP;
    this.signs = new byte[Math.multiplyExact(point.bits(), groups)];
    this.leftOut = new int[point.bits()];
    this.dither = new long[point.bits()];
    Prg prg = new Prg(seed);
    long domain = domain(point.name(), step);
    for (int row = 0; row < point.bits(); row++) {
      prg.bytes(domain, row, 0, signs, row * groups, groups);
      leftOut[row] = -1;
      if (point.centred()) {
        balance(row, new Positions(prg, domain, row, groups, point.size()));
      }
    }
    prg.words(domain(point.name() + "/dither", step), 0, 0, dither, 0, point.bits());
    Words.reduce(dither, point.period());
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

  /**
   * Turns random signs of the kind that is too many, until there are as many of both: uniform among
   * all rows with as many of both, because independent signs are.
   */
  private void balance(int row, Positions positions) {
    int size = point.size();
    int plus = 0;
    for (int i = 0; i < size; i++) {
      plus += sign(row, i);
    }
    if ((size & 1) == 1) {
      leftOut[row] = positions.next();
      plus -= sign(row, leftOut[row]);
    }
    int half = size / 2;
    int many = plus > half ? 1 : 0;
    for (int turns = Math.abs(plus - half); turns > 0; ) {
      int i = positions.next();
      if (i != leftOut[row] && sign(row, i) == many) {
        signs[row * groups + i / GROUP] ^= (byte) (1 << i % GROUP);
        turns--;
      }
    }
  }

  private int sign(int row, int i) {
    return signs[row * groups + i / GROUP] >>> i % GROUP & 1;
  }

  /** What is projected. */
  public Point point() {
    return point;
  }

  /** The dither w, public. [bits] of 2^period */
  long[] dither() {
    return dither;
  }

  /** R·x modulo 2^ring of the point, linear in x: a share's is a share of the whole's. [bits] */
  long[] of(long[] x) {
    if (x.length != point.size()) {
      throw new IllegalArgumentException(point + " cannot be read from " + x.length + " values");
    }
    long[] plus = new long[point.bits()];
    long[] sums = new long[TILE * SUMS];
    for (int tile = 0; tile < groups; tile += TILE) {
      int n = Math.min(TILE, groups - tile);
      for (int g = 0; g < n; g++) {
        subsetSums(x, (tile + g) * GROUP, sums, g * SUMS);
      }
      for (int row = 0; row < plus.length; row++) {
        long sum = 0;
        int at = row * groups + tile;
        for (int g = 0; g < n; g++) {
          sum += sums[g * SUMS + (signs[at + g] & 0xff)];
        }
        plus[row] += sum;
      }
    }
    long all = 0;
    for (long v : x) {
      all += v;
    }
    for (int row = 0; row < plus.length; row++) {
      long out = 2 * plus[row] - all; // those with +1, less those with −1
      if (leftOut[row] >= 0) {
        out += sign(row, leftOut[row]) == 1 ? -x[leftOut[row]] : x[leftOut[row]];
      }
      plus[row] = out & Words.mask(point.ring());
    }
    return plus;
  }

  private static void subsetSums(long[] x, int from, long[] sums, int at) {
    sums[at] = 0;
    for (int i = 0; i < GROUP; i++) {
      long v = from + i < x.length ? x[from + i] : 0;
      int known = 1 << i;
      for (int s = 0; s < known; s++) {
        sums[at + known + s] = sums[at + s] + v;
      }
    }
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
      z[i] = (z[i] + dither[i]) >>> (point.period() - 1) & 1;
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
