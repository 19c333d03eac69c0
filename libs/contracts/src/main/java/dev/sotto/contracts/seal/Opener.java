package dev.sotto.contracts.seal;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Octets;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKEContext;

/** The receiving end of a {@link Sealer}'s context. Not thread-safe. */
public final class Opener {
  /** Length of an encapsulation. */
  public static final int ENCAPSULATION_BYTES = 1120;

  private final HPKEContext context;

  private Opener(HPKEContext context) {
    this.context = context;
  }

  /** The context that an encapsulation began; BadMessage when it is none. */
  public static Opener of(SealKeyPair own, Octets encapsulation, SealContext about) {
    if (encapsulation.length() != ENCAPSULATION_BYTES) {
      throw new BadMessage("Seal.encapsulation", "must have " + ENCAPSULATION_BYTES + " bytes");
    }
    try {
      return new Opener(
          SealKeyPair.suite().setupBaseR(encapsulation.toArray(), own.pair(), about.info()));
    } catch (RuntimeException e) {
      throw new BadMessage("Seal.encapsulation", "is not one");
    }
  }

  /**
   * Opens the next message. BadMessage when it was altered, is out of order, was sealed to another
   * key or about something else; the context then stays where it was.
   */
  public byte[] open(byte[] associated, Octets ciphertext) {
    try {
      return context.open(associated, ciphertext.toArray());
    } catch (InvalidCipherTextException | RuntimeException e) {
      throw new BadMessage(
          "Seal", "is broken: altered, out of order, or sealed to another key or job");
    }
  }

  @Override
  public String toString() {
    return "Opener[hidden]";
  }
}
