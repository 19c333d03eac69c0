package dev.sotto.contracts.seal;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Octets;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;

/**
 * The sending end of one HPKE context: what it seals is opened in the same order by the holder of
 * one key, under the same context. Not thread-safe.
 *
 * <p>Security: IND-CCA2 while either X25519 or ML-KEM-768 stands; order and completeness up to the
 * last message that came are protected by the running sequence number. The sender is not
 * authenticated.
 */
public final class Sealer {
  private final HPKEContextWithEncapsulation context;

  private Sealer(HPKEContextWithEncapsulation context) {
    this.context = context;
  }

  /** A fresh context towards {@code key}; BadMessage when the key is none. */
  public static Sealer to(SealKey key, SealContext about) {
    HPKE suite = SealKeyPair.suite();
    try {
      return new Sealer(
          suite.setupBaseS(suite.deserializePublicKey(key.encoded().toArray()), about.info()));
    } catch (RuntimeException e) {
      throw new BadMessage("SealKey", "is not a key");
    }
  }

  /** What the receiver needs to set up its end, once; public. */
  public Octets encapsulation() {
    return Octets.copyOf(context.getEncapsulation());
  }

  /**
   * Seals the next message.
   *
   * @param associated public bytes that must be the same at opening
   */
  public Octets seal(byte[] associated, byte[] plaintext) {
    try {
      return Octets.wrap(context.seal(associated, plaintext));
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  @Override
  public String toString() {
    return "Sealer[hidden]";
  }
}
