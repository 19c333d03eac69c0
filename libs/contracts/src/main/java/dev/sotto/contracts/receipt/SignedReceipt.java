package dev.sotto.contracts.receipt;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.manifest.StrictMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A receipt's bytes and their signature.
 *
 * @param issuer who signed it
 * @param receipt the signed bytes, base64
 * @param signature Ed25519, base64
 */
public record SignedReceipt(String issuer, String receipt, String signature) {
  private static final int MAX_TEXT = 1 << 20;

  /** BadMessage when a field is outside its bounds. */
  public SignedReceipt {
    Check.name("SignedReceipt.issuer", issuer);
    Check.range("SignedReceipt.receipt's length", receipt.length(), 1, MAX_TEXT);
    Check.range("SignedReceipt.signature's length", signature.length(), 1, 128);
  }

  /** Signs. */
  public static SignedReceipt sign(Receipt receipt, String issuer, SigningKey key) {
    byte[] bytes = receipt.encode();
    Base64.Encoder base64 = Base64.getEncoder();
    return new SignedReceipt(
        issuer,
        base64.encodeToString(bytes),
        base64.encodeToString(key.sign(message(issuer, bytes))));
  }

  /**
   * The receipt, if its issuer signed exactly this with the key that is pinned for it; else
   * BadMessage says what is wrong.
   */
  public Receipt verified(ReceiptKeys keys) {
    String key = keys.issuers().get(issuer);
    if (key == null) {
      throw new BadMessage(
          "SignedReceipt.issuer", "is " + issuer + ", whose key is not pinned here");
    }
    byte[] bytes = decoded("SignedReceipt.receipt", receipt);
    byte[] mark = decoded("SignedReceipt.signature", signature);
    if (!SigningKey.verify(key, message(issuer, bytes), mark)) {
      throw new BadMessage(
          "SignedReceipt.signature", "is not " + issuer + "'s: the receipt was altered or forged");
    }
    return Receipt.decode(bytes);
  }

  /** SHA-256 of the signed bytes, as 64 hexadecimal digits. */
  public String digest() {
    try {
      byte[] bytes = decoded("SignedReceipt.receipt", receipt);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  private static byte[] message(String issuer, byte[] receipt) {
    byte[] label = ("sotto/receipt/1/" + issuer + "/").getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[label.length + receipt.length];
    System.arraycopy(label, 0, all, 0, label.length);
    System.arraycopy(receipt, 0, all, label.length, receipt.length);
    return all;
  }

  private static byte[] decoded(String field, String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      if (!Base64.getEncoder().encodeToString(bytes).equals(base64)) {
        throw new BadMessage(field, "has bits that mean nothing");
      }
      return bytes;
    } catch (IllegalArgumentException e) {
      throw new BadMessage(field, "is not base64");
    }
  }

  /** The signed receipt in a file's bytes; BadMessage, naming the field, for anything else. */
  public static SignedReceipt decode(byte[] json) {
    return StrictMapper.read(json, SignedReceipt.class);
  }

  /** As a file's bytes. */
  public byte[] encode() {
    return StrictMapper.write(this);
  }
}
