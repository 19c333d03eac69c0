package dev.sotto.contracts.manifest;

import dev.sotto.contracts.BadMessage;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/**
 * An Ed25519 key (RFC 8032) of a publisher, an operator or a service that signs. Public halves are
 * written as 64 hexadecimal digits.
 */
public final class SigningKey {
  private static final int PUBLIC_BYTES = 32;

  private final PrivateKey privateKey;
  private final String publicHex;

  private SigningKey(PrivateKey privateKey, String publicHex) {
    this.privateKey = privateKey;
    this.publicHex = publicHex;
  }

  /** A fresh one. */
  public static SigningKey create() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new SigningKey(pair.getPrivate(), hex((EdECPublicKey) pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no Ed25519", e);
    }
  }

  /** The key that {@link #encodedSecret} and {@link #publicHex} wrote; BadMessage if damaged. */
  public static SigningKey of(byte[] encodedSecret, String publicHex) {
    try {
      PrivateKey secret =
          KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encodedSecret));
      SigningKey key = new SigningKey(secret, publicHex);
      byte[] probe = HexFormat.of().parseHex(publicHex);
      if (verify(publicHex, probe, key.sign(probe))) {
        return key;
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      // The cause is left out: a parser's message may quote what it read, and that is a key.
    }
    throw new BadMessage("SigningKey", "is damaged, or its halves do not belong together");
  }

  /** The secret half as PKCS#8, for a file that only its owner may read. */
  public byte[] encodedSecret() {
    return privateKey.getEncoded();
  }

  /** The public half. */
  public String publicHex() {
    return publicHex;
  }

  /** Signs. 64 bytes. */
  public byte[] sign(byte[] message) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(privateKey);
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing failed", e);
    }
  }

  /** Whether {@code signature} is the key's for {@code message}. False for malformed ones too. */
  public static boolean verify(String publicHex, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(publicKey(publicHex));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      return false;
    }
  }

  private static PublicKey publicKey(String hex) throws GeneralSecurityException {
    byte[] raw = HexFormat.of().parseHex(hex);
    // RFC 8410: a fixed head, then the key.
    byte[] head = HexFormat.of().parseHex("302a300506032b6570032100");
    byte[] encoded = new byte[head.length + raw.length];
    System.arraycopy(head, 0, encoded, 0, head.length);
    System.arraycopy(raw, 0, encoded, head.length, raw.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static String hex(EdECPublicKey key) {
    byte[] encoded = key.getEncoded();
    return HexFormat.of().formatHex(encoded, encoded.length - PUBLIC_BYTES, encoded.length);
  }

  @Override
  public String toString() {
    return "SigningKey[" + publicHex + "]";
  }
}
