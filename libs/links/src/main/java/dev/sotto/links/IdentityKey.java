package dev.sotto.links;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Who a node is: its Ed25519 public key, 32 bytes. Manifests pin it; links compare it and nothing
 * else.
 *
 * @param hex the key as 64 lowercase hexadecimal digits
 */
public record IdentityKey(String hex) {
  /** Length of a key in bytes. */
  public static final int BYTES = 32;

  /** Every SubjectPublicKeyInfo of Ed25519 begins so (RFC 8410, section 4); the key follows. */
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  /** Throws IllegalArgumentException when {@code hex} is not 64 lowercase hexadecimal digits. */
  public IdentityKey {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "an identity key is written as 64 lowercase hexadecimal digits");
    }
  }

  /** From the 32 bytes of the key. */
  public static IdentityKey of(byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException(
          "an identity key has 32 bytes, this one has " + key.length);
    }
    return new IdentityKey(HexFormat.of().formatHex(key));
  }

  /** From a public key; IllegalArgumentException for any algorithm but Ed25519. */
  public static IdentityKey of(PublicKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null
        || encoded.length != PREFIX.length + BYTES
        || !Arrays.equals(encoded, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
      throw new IllegalArgumentException("an identity key must be an Ed25519 public key");
    }
    return of(Arrays.copyOfRange(encoded, PREFIX.length, encoded.length));
  }

  /** The 32 bytes of the key. */
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  PublicKey publicKey() {
    byte[] encoded = Arrays.copyOf(PREFIX, PREFIX.length + BYTES);
    System.arraycopy(bytes(), 0, encoded, PREFIX.length, BYTES);
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("these 32 bytes are no Ed25519 public key", e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
