package dev.sotto.mpc.digest;

import dev.sotto.ring.Prg;
import dev.sotto.ring.Words;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

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
    return of(List.of(x)).getFirst();
  }

  private List<long[]> of(List<long[]> vectors) {
    List<int[]> words = new ArrayList<>();
    List<long[]> out = new ArrayList<>();
    for (long[] x : vectors) {
      words.add(narrow(x));
      out.add(new long[point.bits()]);
    }
    Rows rows = new Rows();
    for (int j = 0; j < point.bits(); j++) {
      int[] row = rows.row(j);
      for (int v = 0; v < out.size(); v++) {
        out.get(v)[j] = product(row, words.get(v)) & Words.mask(point.ring());
      }
    }
    return out;
  }

  /** Rings have at most 32 bits, so products do: half the work of words. */
  private int[] narrow(long[] x) {
    if (x.length != point.size()) {
      throw new IllegalArgumentException(point + " cannot be read from " + x.length + " values");
    }
    int[] out = new int[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) x[i];
    }
    return out;
  }

  private static int product(int[] row, int[] x) {
    int sum = 0;
    for (int i = 0; i < row.length; i++) {
      sum += row[i] * x[i];
    }
    return sum;
  }

  /**
   * The digest of a vector that is known: what a digest under sharing of the same words is, but for
   * a bit in 2^13 that its truncation turns. [bits], 0 or 1
   *
   * @param x the vector's words, fixed point as they were shared
   */
  public long[] bits(long[] x) {
    return bits(List.of(x)).getFirst();
  }

  /** The same for several vectors, whose rows are drawn once. */
  public List<long[]> bits(List<long[]> vectors) {
    List<long[]> all = of(vectors);
    for (long[] z : all) {
      for (int i = 0; i < z.length; i++) {
        z[i] = (z[i] + dither[i]) >>> (point.ring() - 1) & 1;
      }
    }
    return all;
  }

  @Override
  public String toString() {
    return "Projection[" + point + "]";
  }

  /** The rows, one at a time: each is good until the next is drawn. */
  final class Rows {
    private final Prg prg = new Prg(seed);
    private final long domain = domain(point.name(), step);
    private final byte[] drawn = new byte[DRAW_BYTES * point.size()];
    private final int[] row = new int[point.size()];

    /** Row j: differences of two uniform bytes, scaled and rounded, and balanced. [size] */
    int[] row(int j) {
      prg.bytes(domain, j, 0, drawn, 0, drawn.length);
      int size = row.length;
      int spread = point.spread();
      for (int i = 0; i < size; i++) {
        row[i] = (((drawn[i] & 0xff) - (drawn[size + i] & 0xff)) * spread + 128) >> 8;
      }
      if (point.centred()) {
        balance(j);
      }
      return row;
    }

    private void balance(int j) {
      int sum = 0;
      for (int r : row) {
        sum += r;
      }
      int each = sum / row.length;
      int rest = sum - each * row.length;
      if (each != 0) {
        for (int i = 0; i < row.length; i++) {
          row[i] -= each;
        }
      }
      Positions positions = new Positions(prg, domain, j, drawn.length, row.length);
      for (int n = Math.abs(rest); n > 0; n--) {
        row[positions.next()] -= Integer.signum(rest);
      }
    }
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
