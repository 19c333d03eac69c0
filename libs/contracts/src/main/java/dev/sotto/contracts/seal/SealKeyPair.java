package dev.sotto.contracts.seal;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Octets;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;

/**
 * A hybrid key pair: a node's, which lives as long as its identity, or a caller's for the results
 * of one job. The secret half leaves only through {@link #encodedSecret}, for a node's own file.
 */
public final class SealKeyPair {
  private final AsymmetricCipherKeyPair pair;
  private final SealKey publicKey;

  private SealKeyPair(AsymmetricCipherKeyPair pair) {
    this.pair = pair;
    this.publicKey = new SealKey(Octets.wrap(suite().serializePublicKey(pair.getPublic())));
  }

  /** The one suite that is spoken; a fresh object because Bouncy Castle's keeps state. */
  static HPKE suite() {
    return new HPKE(HPKE.mode_base, HPKE.kem_X_WING, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  /** A fresh pair from the system's randomness. */
  public static SealKeyPair create() {
    return new SealKeyPair(suite().generatePrivateKey());
  }

  /** The pair whose halves {@link #encodedSecret} and {@link SealKey#encoded} wrote. */
  public static SealKeyPair of(byte[] encodedSecret, SealKey publicKey) {
    try {
      return new SealKeyPair(
          suite().deserializePrivateKey(encodedSecret, publicKey.encoded().toArray()));
    } catch (RuntimeException e) {
      // The cause is left out: a parser's message may quote what it read, and that is a key.
      throw new BadMessage("SealKeyPair", "is damaged");
    }
  }

  /** The public half. */
  public SealKey publicKey() {
    return publicKey;
  }

  /** The secret half, for a file that only its owner may read. */
  public byte[] encodedSecret() {
    return suite().serializePrivateKey(pair.getPrivate());
  }

  AsymmetricCipherKeyPair pair() {
    return pair;
  }

  @Override
  public String toString() {
    return "SealKeyPair[hidden]";
  }
}
