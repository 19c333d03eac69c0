package dev.sotto.mpc.dpf;

/**
 * One party's key to a point among 2^levels positions: 16 bytes of root, 17 a level, 8 of a final
 * word (little-endian), so 296 bytes for 2^16 positions. Both keys of a pair differ in the root
 * alone. Security: one key is computationally independent of the point; it must not be logged all
 * the same, for two of them give it.
 */
public final class WordPointKey {
  /** Most levels of a tree: 2^20 positions, more than any vocabulary. */
  public static final int MAX_LEVELS = 20;

  private final int levels;
  private final byte[] encoded;

  WordPointKey(int levels, byte[] encoded) {
    this.levels = levels;
    this.encoded = encoded;
  }

  /**
   * Reads a key that somebody sent.
   *
   * @throws IllegalArgumentException if the bytes are not a key for 2^levels positions
   */
  public static WordPointKey decode(byte[] encoded, int levels) {
    int expected = bytes(levels);
    if (encoded.length != expected) {
      throw new IllegalArgumentException(
          "a look-up key for 2^%d positions has %d bytes, this one has %d"
              .formatted(levels, expected, encoded.length));
    }
    for (int l = 0; l < levels; l++) {
      PointTree.check(
          encoded, FixedKeyHash.BLOCK_BYTES + l * PointTree.LEVEL_BYTES, l, "a look-up key");
    }
    return new WordPointKey(levels, encoded.clone());
  }

  /** Bytes of a key for 2^levels positions. */
  public static int bytes(int levels) {
    if (levels < 1 || levels > MAX_LEVELS) {
      throw new IllegalArgumentException(
          "levels must be 1.." + MAX_LEVELS + " for a look-up key, was " + levels);
    }
    return FixedKeyHash.BLOCK_BYTES + levels * PointTree.LEVEL_BYTES + Long.BYTES;
  }

  /** Levels of the tree. */
  public int levels() {
    return levels;
  }

  /** The key's bytes, a copy. */
  public byte[] encoded() {
    return encoded.clone();
  }

  byte[] raw() {
    return encoded;
  }

  @Override
  public String toString() {
    return "WordPointKey(secret, 2^" + levels + " positions)";
  }
}
