package dev.sotto.mpc.dpf;

import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * One position of one key, computed as the paper writes it: block by block, with branches, sharing
 * no code with what is tested.
 */
final class TreeByDefinition {
  private final byte[] levels;
  private final int depth;
  private byte[] seed;
  private boolean control;

  private TreeByDefinition(byte[] root, byte[] levels, int depth, int party) {
    this.levels = levels;
    this.depth = depth;
    this.seed = root;
    this.control = party == 1;
  }

  /** The node that {@code position} reaches after {@code depth} levels from {@code root}. */
  static TreeByDefinition node(byte[] root, byte[] levels, int depth, int party, int position) {
    TreeByDefinition walk = new TreeByDefinition(root, levels, depth, party);
    walk.to(position);
    return walk;
  }

  byte[] seed() {
    return seed;
  }

  boolean control() {
    return control;
  }

  static byte[] hash(int number, byte[] seed) {
    try {
      byte[] key = new byte[16];
      Arrays.fill(key, (byte) number);
      Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
      aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
      return xor(aes.doFinal(seed), seed);
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] xor(byte[] a, byte[] b) {
    byte[] c = a.clone();
    for (int i = 0; i < c.length; i++) {
      c[i] ^= b[i];
    }
    return c;
  }

  private void to(int position) {
    for (int l = 0; l < depth; l++) {
      int side = (position >>> (depth - 1 - l)) & 1;
      byte[] child = hash(side + 1, seed);
      boolean bit = (child[0] & 1) == 1;
      child[0] &= (byte) 0xfe;
      if (control) {
        child = xor(child, Arrays.copyOfRange(levels, 17 * l, 17 * l + 16));
        bit ^= ((levels[17 * l + 16] >> side) & 1) == 1;
      }
      seed = child;
      control = bit;
    }
  }
}
