package dev.sotto.mpc.dpf;

import static dev.sotto.mpc.dpf.FixedKeyHash.BLOCK_BYTES;
import static dev.sotto.mpc.dpf.PointTree.LEVEL_BYTES;
import static dev.sotto.mpc.dpf.PointTree.LONG;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;

/**
 * A point with leaves in Z_2^64: y0[j] + y1[j] = 1 where j is the point, 0 elsewhere. Boyle, Gilboa
 * and Ishai (CCS 2016), figure 1, with a group of words as output; party 1 negates its leaves.
 * Cost: no round; {@link WordPointKey#bytes} to each party; three AES blocks a position to
 * evaluate. Security claim: the package's.
 *
 * <p>An instance holds the scratch memory of one evaluating thread (about 100 bytes a position) and
 * is not thread-safe.
 */
public final class WordPoint {
  private final int levels;
  private final PointTree tree;

  /**
   * An evaluator of keys for 2^levels positions.
   *
   * @throws IllegalArgumentException if levels is not in 1..20
   */
  public WordPoint(int levels) {
    WordPointKey.bytes(levels); // refuses what is out of range
    this.levels = levels;
    this.tree = new PointTree(1 << levels);
  }

  /**
   * Draws a pair of keys, party 0's first.
   *
   * @param point the secret position, 0 ≤ point &lt; 2^levels
   * @param random source of both roots; must be cryptographically strong
   * @throws IllegalArgumentException if point or levels is out of range; the message does not show
   *     the point
   */
  public static WordPointKey[] generate(int point, int levels, SecureRandom random) {
    WordPointKey.bytes(levels); // refuses what is out of range
    if (point < 0 || point >>> levels != 0) {
      throw new IllegalArgumentException("the point lies outside 0..2^" + levels + " - 1");
    }
    byte[] root0 = new byte[BLOCK_BYTES];
    byte[] root1 = new byte[BLOCK_BYTES];
    random.nextBytes(root0);
    random.nextBytes(root1);
    WordPointKey[] pair = generate(point, levels, root0, root1);
    Arrays.fill(root0, (byte) 0);
    Arrays.fill(root1, (byte) 0);
    return pair;
  }

  static WordPointKey[] generate(int point, int levels, byte[] root0, byte[] root1) {
    return generate(point, levels, root0, root1, new PathWalk(1));
  }

  static WordPointKey[] generate(int point, int levels, byte[] root0, byte[] root1, PathWalk walk) {
    int bytes = WordPointKey.bytes(levels);
    byte[] key0 = new byte[bytes];
    System.arraycopy(root0, 0, key0, 0, BLOCK_BYTES);

    walk.plant(root0, root1, 0, 1);
    int[] position = {point};
    for (int l = 0; l < levels; l++) {
      int at = BLOCK_BYTES + l * LEVEL_BYTES;
      walk.step(position, 0, 1, levels - 1 - l, key0, at, bytes);
    }
    walk.finish(1);
    long word = 1 - walk.leaf(0, 0, 1, 0) + walk.leaf(1, 0, 1, 0);
    long flip =
        -(long) walk.control(0, 1); // the word enters with party 1's sign where its bit is set
    LONG.set(key0, bytes - Long.BYTES, (word ^ flip) - flip);

    byte[] key1 = key0.clone();
    System.arraycopy(root1, 0, key1, 0, BLOCK_BYTES);
    return new WordPointKey[] {new WordPointKey(levels, key0), new WordPointKey(levels, key1)};
  }

  /**
   * Expands a key that somebody sent: out[from + j] = this party's share of [j = point] for every j
   * &lt; count.
   *
   * @param party 0 or 1, the place of the key in its pair
   * @param count positions wanted, 0 ≤ count ≤ 2^levels; those beyond cost nothing
   * @throws IllegalArgumentException if the key or an argument is malformed
   */
  public void evaluate(byte[] key, int party, int count, long[] out, int from) {
    evaluate(WordPointKey.decode(key, levels), party, count, out, from);
  }

  /** The same for a key that was decoded before. */
  public void evaluate(WordPointKey key, int party, int count, long[] out, int from) {
    if (key.levels() != levels) {
      throw new IllegalArgumentException(
          "this evaluator takes keys for 2^%d positions, not 2^%d".formatted(levels, key.levels()));
    }
    if (party != 0 && party != 1) {
      throw new IllegalArgumentException("party must be 0 or 1, was " + party);
    }
    if (count < 0 || count > 1 << levels) {
      throw new IllegalArgumentException(
          "count must be 0..%d for 2^%d positions, was %d".formatted(1 << levels, levels, count));
    }
    Objects.checkFromIndexSize(from, count, out.length);
    if (count == 0) {
      return;
    }
    byte[] raw = key.raw();
    tree.plant(raw, 0, 1, party);
    int width = 1;
    for (int l = 0; l < levels; l++) {
      tree.grow(1, width, raw, BLOCK_BYTES + l * LEVEL_BYTES, raw.length);
      int span = levels - 1 - l; // a node of the level below covers 2^span positions
      width = Math.min(2 * width, (count + (1 << span) - 1) >>> span);
    }
    byte[] hashed = tree.leaves(0, count);
    byte[] seeds = tree.seeds();
    byte[] controls = tree.controls();
    long word = (long) LONG.get(raw, raw.length - Long.BYTES);
    long negate = -(long) party;
    for (int j = 0; j < count; j++) {
      int s = j * BLOCK_BYTES;
      long leaf = (long) LONG.get(hashed, s) ^ (long) LONG.get(seeds, s);
      leaf += word & -(long) controls[j];
      out[from + j] = (leaf ^ negate) - negate;
    }
  }
}
