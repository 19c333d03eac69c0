package dev.sotto.contracts.event;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.node.NodeWord;
import java.util.Base64;

/** Signatures of nodes in events: base64, or empty. */
final class NodeSignatures {
  private static final int TEXT_LENGTH = 4 * ((NodeWord.SIGNATURE_BYTES + 2) / 3);

  private NodeSignatures() {}

  static void check(String field, String signature) {
    boolean none = signature.isEmpty();
    if (!none && (signature.length() != TEXT_LENGTH || bytes(signature).length == 0)) {
      throw new BadMessage(field, "must be 64 bytes as base64");
    }
  }

  static String text(byte[] signature) {
    return Base64.getEncoder().encodeToString(signature);
  }

  /** None for what is none. */
  static byte[] bytes(String signature) {
    try {
      return Base64.getDecoder().decode(signature);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
