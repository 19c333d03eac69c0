package dev.sotto.mpc.function;

import dev.sotto.mpc.Role;
import dev.sotto.mpc.dpf.BitPoint;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a caller sends for a token, two keys to each role. A key is [u8 masked sign | root, 16 bytes
 * | corrections], the sign bit alone where the role has no part in the pair:
 *
 * <pre>
 *   a point's bits:    evaluator-0     evaluator-1     dealer
 *   of the table       u               u ⊕ 1(token)    u ⊕ 1(token), the same key
 *   of its pad         –               v               v ⊕ 1(token)
 *   sign bits          both under ρ    both under ρ    both ρ
 * </pre>
 *
 * <p>Differences of sums that two such vectors choose are ± the token's row; the sign is the
 * caller's secret, because with it a role that has one of the vectors knows half of the tokens it
 * is not. The evaluators get it under a bit ρ of the caller's, the dealer gets ρ.
 *
 * <p>Hides: each role has at most one of a pair's two keys, which is uniform to it ({@link
 * BitPoint}'s assumption), and of each sign one of two shares.
 */
public final class LookUpKeys {
  private static final int ROOT_BYTES = 16;
  private static final int HEAD_BYTES = 1 + ROOT_BYTES;

  private final int bits;
  private final BitPoint points;
  private final byte[] root = new byte[ROOT_BYTES];

  /** Keys for a vocabulary of {@code vocab} tokens. Not thread-safe. */
  public LookUpKeys(int vocab) {
    this.bits = bits(vocab);
    this.points = new BitPoint(bits);
  }

  private static int bits(int vocab) {
    return Math.max(BitPoint.MIN_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(vocab - 1));
  }

  /** Bytes of a key with a point. */
  public static int bytes(int vocab) {
    return HEAD_BYTES + BitPoint.correctionBytes(bits(vocab));
  }

  /**
   * Fresh keys for a token, two for each role: the table's, then its pad's.
   *
   * @throws IllegalArgumentException if the token lies outside; the message does not show it
   */
  public Map<Role, List<byte[]>> generate(int token, SecureRandom random) {
    byte[] rho = new byte[1];
    random.nextBytes(rho);
    byte[][] table = pair(token, rho[0] & 1, random);
    byte[][] pad = pair(token, rho[0] >>> 1 & 1, random);
    Map<Role, List<byte[]>> keys = new EnumMap<>(Role.class);
    keys.put(Role.EVALUATOR_0, List.of(table[0], Arrays.copyOf(pad[0], 1)));
    keys.put(Role.EVALUATOR_1, List.of(table[1].clone(), pad[0]));
    table[1][0] = (byte) (rho[0] & 1);
    pad[1][0] = (byte) (rho[0] >>> 1 & 1);
    keys.put(Role.DEALER, List.of(table[1], pad[1]));
    return keys;
  }

  /** Both parties' keys of a point, with the sign bit under {@code rho}. */
  private byte[][] pair(int token, int rho, SecureRandom random) {
    byte[] root0 = new byte[ROOT_BYTES];
    byte[] root1 = new byte[ROOT_BYTES];
    random.nextBytes(root0);
    random.nextBytes(root1);
    byte[] key0 = new byte[HEAD_BYTES + BitPoint.correctionBytes(bits)];
    long[] holder = new long[1];
    points.generate(new int[] {token}, 1, root0, root1, key0, HEAD_BYTES, holder);
    key0[0] = (byte) (holder[0] ^ rho); // the difference is negative where party 1 has the one
    byte[] key1 = key0.clone();
    System.arraycopy(root0, 0, key0, 1, ROOT_BYTES);
    System.arraycopy(root1, 0, key1, 1, ROOT_BYTES);
    Arrays.fill(root0, (byte) 0);
    Arrays.fill(root1, (byte) 0);
    return new byte[][] {key0, key1};
  }

  /**
   * Refuses what is no key of a token for a role.
   *
   * @param which 0 for the table's key, 1 for its pad's
   * @throws IllegalArgumentException without a word of what it holds
   */
  public static void check(Role role, int which, byte[] key, int vocab) {
    int due = role == Role.EVALUATOR_0 && which == 1 ? 1 : bytes(vocab);
    if (key.length != due || (key[0] & ~1) != 0) {
      throw new IllegalArgumentException("a look-up key has another form");
    }
    if (due > 1) {
      BitPoint.check(bits(vocab), key, HEAD_BYTES);
    }
  }

  /** A key's part of its sign bit: masked at an evaluator, the mask at the dealer. */
  public static int sign(byte[] key) {
    return key[0] & 1;
  }

  /** 64-bit words that {@link #expand} fills. */
  public int words() {
    return points.wordsPerPoint();
  }

  /** Expands a key's point: bit e of out[from + e/64] is this role's for entry e. */
  public void expand(byte[] key, int party, long[] out, int from) {
    System.arraycopy(key, 1, root, 0, ROOT_BYTES);
    points.evaluate(party, 1, root, key, HEAD_BYTES, out, from);
  }
}
