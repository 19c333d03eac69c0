package dev.sotto.gateway.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key as its owner holds it: {@code sk-sotto-}, 8 hexadecimal digits by which people tell keys
 * apart, a dash, and 256 random bits as base64url. What is stored is its HMAC-SHA256 under a secret
 * of the gateway: whoever reads the table can neither use a key nor test a guess.
 *
 * <p>Its {@link #toString} is the public prefix.
 */
public final class KeyText {
  /** How every key begins. */
  public static final String BRAND = "sk-sotto-";

  private static final Pattern FORM = Pattern.compile("sk-sotto-[0-9a-f]{8}-[A-Za-z0-9_-]{43}");
  private static final int PREFIX = BRAND.length() + 8;
  private static final byte[] PURPOSE = "sotto/api-key/1/".getBytes(StandardCharsets.US_ASCII);

  private final String text;

  private KeyText(String text) {
    this.text = text;
  }

  /** A fresh one. */
  public static KeyText draw(SecureRandom random) {
    byte[] prefix = new byte[4];
    byte[] secret = new byte[32];
    random.nextBytes(prefix);
    random.nextBytes(secret);
    return new KeyText(
        BRAND
            + HexFormat.of().formatHex(prefix)
            + "-"
            + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
  }

  /** Whether a text has a key's form; nothing is looked up for what has not. */
  public static boolean wellFormed(String text) {
    return FORM.matcher(text).matches();
  }

  /** The whole key: for its owner, once. */
  public String reveal() {
    return text;
  }

  /** Its public beginning. */
  public String prefix() {
    return prefix(text);
  }

  static String prefix(String text) {
    return text.substring(0, PREFIX);
  }

  /** What is stored and looked up: 64 hexadecimal digits. */
  public static String hash(byte[] secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update(PURPOSE);
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HMAC-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return prefix() + "…";
  }
}
