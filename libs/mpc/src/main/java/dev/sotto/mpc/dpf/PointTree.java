package dev.sotto.mpc.dpf;

import static dev.sotto.mpc.dpf.FixedKeyHash.BLOCK_BYTES;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The tree of seeds and control bits that both kinds of key share, walked level by level for
 * several points at once. A level's correction is 17 bytes: a seed whose lowest bit is zero, then a
 * byte with the control bits of the left (bit 0) and the right child (bit 1). Not thread-safe.
 */
final class PointTree {
  static final int LEVEL_BYTES = BLOCK_BYTES + 1;

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final FixedKeyHash leftHash = FixedKeyHash.left();
  private final FixedKeyHash rightHash = FixedKeyHash.right();
  private final FixedKeyHash leafHash = FixedKeyHash.leaf();
  private final byte[] hashed;
  private final byte[] hashedRight;
  private byte[] seeds;
  private byte[] next;
  private byte[] controls;
  private byte[] nextControls;

  /**
   * @param nodes most nodes of a level, over all points together
   */
  PointTree(int nodes) {
    hashed = new byte[nodes * BLOCK_BYTES];
    hashedRight = new byte[(nodes + 1) / 2 * BLOCK_BYTES];
    seeds = new byte[(nodes + 1) * BLOCK_BYTES];
    next = new byte[(nodes + 1) * BLOCK_BYTES];
    controls = new byte[nodes + 1];
    nextControls = new byte[nodes + 1];
  }

  /** Seed of a node, 16 bytes at 16·node, and its control bit: valid until the next call. */
  byte[] seeds() {
    return seeds;
  }

  byte[] controls() {
    return controls;
  }

  /** Starts from the roots of {@code points} points, 16 bytes each. */
  void plant(byte[] roots, int at, int points, int party) {
    System.arraycopy(roots, at, seeds, 0, points * BLOCK_BYTES);
    Arrays.fill(controls, 0, points, (byte) party);
  }

  /**
   * One level down: point p's {@code width} nodes become 2·width, under the correction at byte at +
   * p·stride of {@code corrections}.
   */
  void grow(int points, int width, byte[] corrections, int at, int stride) {
    int nodes = points * width;
    leftHash.permute(seeds, 0, nodes, hashed);
    rightHash.permute(seeds, 0, nodes, hashedRight);
    for (int p = 0; p < points; p++) {
      int level = at + p * stride;
      long low = (long) LONG.get(corrections, level);
      long high = (long) LONG.get(corrections, level + 8);
      long bits = corrections[level + BLOCK_BYTES];
      correct(p * width, width, low, high, bits);
    }
    swap();
  }

  private void correct(int from, int width, long low, long high, long bits) {
    long left = bits & 1;
    long right = (bits >>> 1) & 1;
    for (int i = from; i < from + width; i++) {
      int s = i * BLOCK_BYTES;
      long on = controls[i];
      long mask = -on;
      long seedLow = (long) LONG.get(seeds, s);
      long seedHigh = (long) LONG.get(seeds, s + 8);
      long a = (long) LONG.get(hashed, s) ^ seedLow;
      long b = (long) LONG.get(hashedRight, s) ^ seedLow;
      LONG.set(next, 2 * s, (a & -2L) ^ (low & mask));
      LONG.set(next, 2 * s + 8, (long) LONG.get(hashed, s + 8) ^ seedHigh ^ (high & mask));
      LONG.set(next, 2 * s + 16, (b & -2L) ^ (low & mask));
      LONG.set(next, 2 * s + 24, (long) LONG.get(hashedRight, s + 8) ^ seedHigh ^ (high & mask));
      nextControls[2 * i] = (byte) ((a & 1) ^ (left & mask));
      nextControls[2 * i + 1] = (byte) ((b & 1) ^ (right & mask));
    }
  }

  private void swap() {
    byte[] s = seeds;
    seeds = next;
    next = s;
    byte[] c = controls;
    controls = nextControls;
    nextControls = c;
  }

  /** E_K(s) of {@code nodes} nodes from {@code from}, without the feed-forward. */
  byte[] leaves(int from, int nodes) {
    leafHash.permute(seeds, from * BLOCK_BYTES, nodes, hashed);
    return hashed;
  }

  /**
   * Refuses bytes that no generator writes, at one level of a key: a peer's garbage must not pass
   * for a key.
   */
  static void check(byte[] key, int at, int level, String what) {
    if ((key[at] & 1) != 0 || (key[at + BLOCK_BYTES] & ~3) != 0) {
      throw new IllegalArgumentException(
          what + " is damaged at level " + level + "; ask its sender for a new one");
    }
  }
}
