package dev.sotto.mpc.dpf;

import static dev.sotto.mpc.dpf.FixedKeyHash.BLOCK_BYTES;
import static dev.sotto.mpc.dpf.PointTree.LEVEL_BYTES;
import static dev.sotto.mpc.dpf.PointTree.LONG;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Many points with one-bit leaves: u0[j] ⊕ u1[j] = 1 where j is the point, 0 elsewhere, for 2^bits
 * positions each. Boyle, Gilboa and Ishai (CCS 2016) with early termination (section 3.2.3): the
 * last seven levels are one block of 128 bits. Roots are given, because both evaluators have them
 * as streams that they share with the dealer; what is sent, to both alike, are the corrections,
 * {@link #correctionBytes} a point. Security claim: the package's; a root must be used for one
 * point.
 *
 * <p>An instance holds the scratch memory of one thread and is not thread-safe.
 */
public final class BitPoint {
  /** Fewest bits of a position; below, dealing the one-hot vector itself is smaller. */
  public static final int MIN_BITS = 8;

  /** Most bits of a position. */
  public static final int MAX_BITS = 20;

  private static final int BLOCK_LEVELS = 7;
  private static final int CHUNK_NODES = 1 << 12; // scratch that stays in a core's own cache

  private final int bits;
  private final int levels;
  private final int correctionBytes;
  private final int chunk;
  private final PointTree tree;
  private final PathWalk walk;

  /**
   * For points among 2^bits positions.
   *
   * @throws IllegalArgumentException if bits is not in 8..20
   */
  public BitPoint(int bits) {
    this(bits, null);
  }

  /** With another walk of the generator, for a test that gives it other hashes. */
  BitPoint(int bits, @Nullable PathWalk walk) {
    this.correctionBytes = correctionBytes(bits);
    this.bits = bits;
    this.levels = bits - BLOCK_LEVELS;
    this.chunk = Math.max(1, CHUNK_NODES >> levels);
    this.tree = new PointTree(chunk << levels);
    this.walk = walk == null ? new PathWalk(chunk) : walk;
  }

  /** Bytes that each evaluator is sent for a point: 17·(bits − 7) + 16. */
  public static int correctionBytes(int bits) {
    if (bits < MIN_BITS || bits > MAX_BITS) {
      throw new IllegalArgumentException(
          "bits of a position must be %d..%d, was %d".formatted(MIN_BITS, MAX_BITS, bits));
    }
    return LEVEL_BYTES * (bits - BLOCK_LEVELS) + BLOCK_BYTES;
  }

  /** Words that a point's bits take in {@link #evaluate}'s result: 2^bits / 64. */
  public int wordsPerPoint() {
    return 1 << (bits - 6);
  }

  /**
   * Computes the corrections of {@code count} points.
   *
   * @param points the secret positions, [count], each below 2^bits
   * @param roots0 party 0's roots, [count][16 bytes]
   * @param roots1 party 1's roots, [count][16 bytes]
   * @param corrections receives [count][{@link #correctionBytes}] from byte {@code at}
   * @throws IllegalArgumentException if a point lies outside; the message does not show it
   */
  public void generate(
      int[] points, int count, byte[] roots0, byte[] roots1, byte[] corrections, int at) {
    generate(points, count, roots0, roots1, corrections, at, new long[count]);
  }

  /**
   * The same, and who holds the one.
   *
   * @param holders receives, for each point, the party (0 or 1) whose bit is set there
   */
  public void generate(
      int[] points,
      int count,
      byte[] roots0,
      byte[] roots1,
      byte[] corrections,
      int at,
      long[] holders) {
    Objects.checkFromIndexSize(0, count, holders.length);
    Objects.checkFromIndexSize(0, count, points.length);
    checkLengths(count, roots0, corrections, at);
    checkLengths(count, roots1, corrections, at);
    int outside = 0;
    for (int p = 0; p < count; p++) {
      outside |= points[p] >>> bits;
    }
    if (outside != 0) {
      throw new IllegalArgumentException("a point lies outside 0..2^" + bits + " - 1");
    }
    for (int first = 0; first < count; first += chunk) {
      int n = Math.min(chunk, count - first);
      int key = at + first * correctionBytes;
      walk.plant(roots0, roots1, first * BLOCK_BYTES, n);
      for (int l = 0; l < levels; l++) {
        walk.step(
            points, first, n, bits - 1 - l, corrections, key + l * LEVEL_BYTES, correctionBytes);
      }
      walk.finish(n);
      for (int p = 0; p < n; p++) {
        int block = key + p * correctionBytes + levels * LEVEL_BYTES;
        long held = 0;
        for (int half = 0; half < 2; half++) {
          long word = walk.leaf(0, p, n, half) ^ walk.leaf(1, p, n, half);
          long correction = word ^ hot(points[first + p], half);
          LONG.set(corrections, block + 8 * half, correction);
          // party 1's leaf is corrected where its control bit is set
          long of1 = walk.leaf(1, p, n, half) ^ (correction & -(long) walk.control(p, n));
          long here = of1 & hot(points[first + p], half);
          held |= here;
        }
        holders[first + p] = (held | -held) >>> 63;
      }
    }
  }

  /** Word {@code half} of the 128-bit one-hot of a point's low seven bits, without a branch. */
  private static long hot(long point, int half) {
    long here = ((point >>> 6) & 1) ^ half ^ 1;
    return here << (int) (point & 63);
  }

  /**
   * Expands {@code count} points: bit j of point p lands in bits[from + p·{@link #wordsPerPoint} +
   * j/64] at j mod 64.
   *
   * @param party 0 or 1
   * @param roots this party's roots, [count][16 bytes]
   * @param corrections [count][{@link #correctionBytes}] from byte {@code at}
   * @throws IllegalArgumentException if the corrections are damaged or an argument is out of range
   */
  public void evaluate(
      int party, int count, byte[] roots, byte[] corrections, int at, long[] out, int from) {
    if (party != 0 && party != 1) {
      throw new IllegalArgumentException("party must be 0 or 1, was " + party);
    }
    checkLengths(count, roots, corrections, at);
    Objects.checkFromIndexSize(from, (long) count * wordsPerPoint(), out.length);
    for (int p = 0; p < count; p++) {
      check(bits, corrections, at + p * correctionBytes);
    }
    for (int first = 0; first < count; first += chunk) {
      int n = Math.min(chunk, count - first);
      int key = at + first * correctionBytes;
      tree.plant(roots, first * BLOCK_BYTES, n, party);
      for (int l = 0; l < levels; l++) {
        tree.grow(n, 1 << l, corrections, key + l * LEVEL_BYTES, correctionBytes);
      }
      open(n, corrections, key, out, from + first * wordsPerPoint());
    }
  }

  /**
   * Refuses bytes at {@code at} that are no point's corrections.
   *
   * @throws IllegalArgumentException if they are damaged
   */
  public static void check(int bits, byte[] corrections, int at) {
    Objects.checkFromIndexSize(at, correctionBytes(bits), corrections.length);
    for (int l = 0; l < bits - BLOCK_LEVELS; l++) {
      PointTree.check(corrections, at + l * LEVEL_BYTES, l, "a point's correction");
    }
  }

  private void open(int n, byte[] corrections, int key, long[] out, int from) {
    int width = 1 << levels;
    byte[] hashed = tree.leaves(0, n << levels);
    byte[] seeds = tree.seeds();
    byte[] controls = tree.controls();
    for (int p = 0; p < n; p++) {
      int block = key + p * correctionBytes + levels * LEVEL_BYTES;
      long low = (long) LONG.get(corrections, block);
      long high = (long) LONG.get(corrections, block + 8);
      for (int i = p << levels, end = i + width; i < end; i++) {
        int s = i * BLOCK_BYTES;
        long on = -(long) controls[i];
        int word = from + 2 * i;
        out[word] = (long) LONG.get(hashed, s) ^ (long) LONG.get(seeds, s) ^ (low & on);
        out[word + 1] =
            (long) LONG.get(hashed, s + 8) ^ (long) LONG.get(seeds, s + 8) ^ (high & on);
      }
    }
  }

  private void checkLengths(int count, byte[] roots, byte[] corrections, int at) {
    Objects.checkFromIndexSize(0, (long) count * BLOCK_BYTES, roots.length);
    Objects.checkFromIndexSize(at, (long) count * correctionBytes, corrections.length);
  }
}
