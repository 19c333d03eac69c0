package dev.sotto.links;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The 32 bytes that the two ends of one link, and nobody else, share: fresh for each connection,
 * agreed by X25519 and ML-KEM-768 together. It never leaves this object; what is used is derived.
 *
 * <p>Security: derived values are independent for different (purpose, context) as long as
 * HMAC-SHA256 is a pseudorandom function (RFC 5869).
 */
public final class LinkSecret {
  static final int BYTES = 32;
  private static final int MAX_DERIVED_BYTES = 255 * 32; // RFC 5869, section 2.3

  private final SecretKey key;

  /** Takes a copy. */
  LinkSecret(byte[] secret) {
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("a link secret has 32 bytes");
    }
    key = new SecretKeySpec(secret, "Generic");
  }

  /**
   * {@code bytes} bytes for one purpose and context: HKDF-Expand with the info "sotto/" ‖ purpose ‖
   * 0 ‖ context.
   *
   * @param purpose printable ASCII, one for each use
   * @param context whatever else both sides know and the value shall depend on; may be empty
   * @param bytes 1 … 8160
   */
  public byte[] derive(String purpose, byte[] context, int bytes) {
    if (bytes < 1 || bytes > MAX_DERIVED_BYTES) {
      throw new IllegalArgumentException("a secret yields 1 to 8160 bytes, not " + bytes);
    }
    if (purpose.isEmpty() || !purpose.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException("a purpose is printable ASCII without blanks");
    }
    byte[] label = ("sotto/" + purpose).getBytes(StandardCharsets.US_ASCII);
    byte[] info = Arrays.copyOf(label, label.length + 1 + context.length);
    System.arraycopy(context, 0, info, label.length + 1, context.length);
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(HKDFParameterSpec.expandOnly(key, info, bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HKDF-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return "LinkSecret[hidden]";
  }
}
