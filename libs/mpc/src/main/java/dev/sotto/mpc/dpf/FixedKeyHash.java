package dev.sotto.mpc.dpf;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * E_K(s) for one of three fixed public keys, over many 16-byte blocks at once. The caller adds the
 * feed-forward s where it reads the result, which saves a pass over memory. Not thread-safe.
 */
class FixedKeyHash {
  static final int BLOCK_BYTES = 16;

  private final Cipher cipher;

  FixedKeyHash(int number) {
    byte[] key = new byte[BLOCK_BYTES];
    Arrays.fill(key, (byte) number);
    try {
      // ECB is the plain permutation here: blocks are hashed, not encrypted.
      cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES/ECB", e);
    }
  }

  static FixedKeyHash left() {
    return new FixedKeyHash(1);
  }

  static FixedKeyHash right() {
    return new FixedKeyHash(2);
  }

  static FixedKeyHash leaf() {
    return new FixedKeyHash(3);
  }

  /** Permutes {@code blocks} blocks of in from byte {@code at} into out from byte 0. */
  void permute(byte[] in, int at, int blocks, byte[] out) {
    int bytes = blocks * BLOCK_BYTES;
    try {
      int written = cipher.update(in, at, bytes, out, 0);
      if (written != bytes) {
        throw new IllegalStateException("AES/ECB held " + (bytes - written) + " bytes back");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/ECB failed", e);
    }
  }
}
