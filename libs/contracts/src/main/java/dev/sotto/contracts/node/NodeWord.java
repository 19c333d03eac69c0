package dev.sotto.contracts.node;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * What a node says in one record, as the bytes that it signs: what they are for, the topic, the
 * node's own key, then SHA-256 of every field with its length. So a signature is good for one node,
 * one topic and one content, and never for anything else that the same key signs: manifests and
 * receipts have labels of their own, and TLS 1.3 begins with 64 spaces.
 *
 * <p>Security: who does not hold the node's key cannot say anything in its name, nor change what it
 * said. A record that comes again is still signed; who reads it must not mind, or look at what in
 * it only grows.
 */
public final class NodeWord {
  /** Length of a signature. */
  public static final int SIGNATURE_BYTES = 64;

  private static final String LABEL = "sotto/node-says/1/";

  private final String identity;
  private final byte[] head;
  private final List<byte[]> fields = new ArrayList<>();

  private NodeWord(String topic, String identity) {
    this.identity = identity;
    this.head = (LABEL + topic + "/" + identity + "/").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * A word without fields.
   *
   * @param topic where it is said
   * @param identity of the node, 64 hexadecimal digits
   */
  public static NodeWord on(String topic, String identity) {
    return new NodeWord(topic, identity);
  }

  /** With one more field. */
  public NodeWord with(byte[] field) {
    fields.add(field);
    return this;
  }

  /** The same. */
  public NodeWord with(String field) {
    return with(field.getBytes(StandardCharsets.UTF_8));
  }

  /** The same. */
  public NodeWord with(long field) {
    return with(ByteBuffer.allocate(Long.BYTES).putLong(field).array());
  }

  /** What is signed: what it is for and who says it, and then SHA-256 of all fields. */
  private byte[] bytes() {
    try {
      MessageDigest content = MessageDigest.getInstance("SHA-256");
      for (byte[] field : fields) {
        content.update(ByteBuffer.allocate(Integer.BYTES).putInt(field.length).array());
        content.update(field);
      }
      byte[] digest = content.digest();
      return ByteBuffer.allocate(head.length + digest.length).put(head).put(digest).array();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /** Signed by the node. */
  public byte[] sign(NodeSigner signer) {
    return signer.sign(bytes());
  }

  /** Whether the signature is the node's, for exactly this. */
  public boolean isSigned(byte[] signature) {
    if (signature.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      // Bouncy Castle's takes a tenth of the time that the JDK's does, and there is one a record.
      Ed25519Signer verifier = new Ed25519Signer();
      verifier.init(false, new Ed25519PublicKeyParameters(HexFormat.of().parseHex(identity)));
      byte[] message = bytes();
      verifier.update(message, 0, message.length);
      return verifier.verifySignature(signature);
    } catch (IllegalArgumentException e) {
      return false; // an identity that is no key
    }
  }
}
