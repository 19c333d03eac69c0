package dev.sotto.mpc.dpf;

import static dev.sotto.mpc.dpf.FixedKeyHash.BLOCK_BYTES;
import static dev.sotto.mpc.dpf.PointTree.LONG;

/**
 * What a generator does: both parties' walks to the point, side by side, for many points. It writes
 * the corrections that make the parties agree everywhere but on the path. Seeds of both parties lie
 * in one buffer, party 0's points first, so that each level costs two AES calls. Selects by masks,
 * not by branches. Not thread-safe.
 */
final class PathWalk {
  private final FixedKeyHash leftHash;
  private final FixedKeyHash rightHash;
  private final FixedKeyHash leafHash;
  private final int points;
  private final byte[] seeds;
  private final byte[] controls;
  private final byte[] lefts;
  private final byte[] rights;

  PathWalk(int points) {
    this(points, FixedKeyHash.left(), FixedKeyHash.right(), FixedKeyHash.leaf());
  }

  PathWalk(int points, FixedKeyHash left, FixedKeyHash right, FixedKeyHash leaf) {
    this.points = points;
    leftHash = left;
    rightHash = right;
    leafHash = leaf;
    seeds = new byte[2 * points * BLOCK_BYTES];
    lefts = new byte[2 * points * BLOCK_BYTES];
    rights = new byte[2 * points * BLOCK_BYTES];
    controls = new byte[2 * points];
  }

  int points() {
    return points;
  }

  /** Starts {@code count} walks, at most {@link #points}, from 16-byte roots at byte {@code at}. */
  void plant(byte[] roots0, byte[] roots1, int at, int count) {
    System.arraycopy(roots0, at, seeds, 0, count * BLOCK_BYTES);
    System.arraycopy(roots1, at, seeds, count * BLOCK_BYTES, count * BLOCK_BYTES);
    for (int p = 0; p < count; p++) {
      controls[p] = 0;
      controls[count + p] = 1;
    }
  }

  /**
   * One level: walk p turns to bit {@code bit} of position[from + p]; its correction goes to byte
   * at + p·stride.
   */
  void step(int[] position, int from, int count, int bit, byte[] out, int at, int stride) {
    leftHash.permute(seeds, 0, 2 * count, lefts);
    rightHash.permute(seeds, 0, 2 * count, rights);
    for (int p = 0; p < count; p++) {
      long turn = ((long) position[from + p] >>> bit) & 1;
      int s0 = p * BLOCK_BYTES;
      int s1 = (count + p) * BLOCK_BYTES;
      long left0 = word(lefts, s0);
      long left1 = word(lefts, s1);
      long right0 = word(rights, s0);
      long right1 = word(rights, s1);
      // The side that the path leaves is where seeds must become equal.
      long toRight = -turn;
      long low = (((left0 ^ left1) & toRight) | ((right0 ^ right1) & ~toRight)) & -2L;
      long high =
          ((word(lefts, s0 + 8) ^ word(lefts, s1 + 8)) & toRight)
              | ((word(rights, s0 + 8) ^ word(rights, s1 + 8)) & ~toRight);
      long leftBit = (left0 ^ left1 ^ turn ^ 1) & 1;
      long rightBit = (right0 ^ right1 ^ turn) & 1;
      int level = at + p * stride;
      LONG.set(out, level, low);
      LONG.set(out, level + 8, high);
      out[level + BLOCK_BYTES] = (byte) (leftBit | (rightBit << 1));
      long keptBit = (leftBit & ~toRight) | (rightBit & toRight);
      keep(p, s0, toRight, low, high, keptBit);
      keep(count + p, s1, toRight, low, high, keptBit);
    }
  }

  /** LONG.get(…) ^ seed: the feed-forward of both hashes. */
  private long word(byte[] hashed, int at) {
    return (long) LONG.get(hashed, at) ^ (long) LONG.get(seeds, at);
  }

  private void keep(int walk, int s, long toRight, long low, long high, long bit) {
    long on = -(long) controls[walk];
    long childLow = (word(lefts, s) & ~toRight) | (word(rights, s) & toRight);
    long childHigh = (word(lefts, s + 8) & ~toRight) | (word(rights, s + 8) & toRight);
    LONG.set(seeds, s, (childLow & -2L) ^ (low & on));
    LONG.set(seeds, s + 8, childHigh ^ (high & on));
    controls[walk] = (byte) ((childLow & 1) ^ (bit & on));
  }

  /** Hashes the leaves that the walks ended at, for {@link #leaf}. */
  void finish(int count) {
    leafHash.permute(seeds, 0, 2 * count, lefts);
  }

  /** Word 0 or 1 of the leaf of walk p of {@code count}, as party {@code party} computes it. */
  long leaf(int party, int p, int count, int index) {
    return word(lefts, (party * count + p) * BLOCK_BYTES + 8 * index);
  }

  /** Party 1's control bit at the end of walk p of {@code count}; party 0's is its opposite. */
  int control(int p, int count) {
    return controls[count + p];
  }
}
