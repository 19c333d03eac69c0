package dev.sotto.contracts.seal;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Octets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The public half of a {@link SealKeyPair}: what something is sealed to.
 *
 * @param encoded X-Wing's encoding, {@value #BYTES} bytes
 */
public record SealKey(Octets encoded) {
  /** Length of the encoding. */
  public static final int BYTES = 1216;

  /** BadMessage when it has another length. */
  public SealKey {
    if (encoded.length() != BYTES) {
      throw new BadMessage("SealKey", "must have " + BYTES + " bytes");
    }
  }

  /** The key that {@link #base64} wrote, or BadMessage. */
  public static SealKey ofBase64(String text) {
    try {
      return new SealKey(Octets.wrap(Base64.getDecoder().decode(text)));
    } catch (IllegalArgumentException e) {
      throw new BadMessage("SealKey", "is not base64");
    }
  }

  /** As text. */
  public String base64() {
    return Base64.getEncoder().encodeToString(encoded.toArray());
  }

  /** SHA-256 of the encoding, 32 bytes: what a job names its result key by. */
  public Octets fingerprint() {
    try {
      return Octets.wrap(MessageDigest.getInstance("SHA-256").digest(encoded.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
