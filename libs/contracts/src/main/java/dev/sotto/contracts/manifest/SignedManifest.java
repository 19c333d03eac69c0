package dev.sotto.contracts.manifest;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A manifest's bytes and who signed them.
 *
 * @param manifest the signed bytes, base64
 * @param signatures of the publisher and of every operator
 */
public record SignedManifest(String manifest, List<Mark> signatures) {
  private static final int MOST_SIGNATURES = 1024;

  /** Who signs. */
  public enum Party {
    /** Whose model it is. */
    PUBLISHER,
    /** Who runs a node. */
    OPERATOR
  }

  /**
   * One signature.
   *
   * @param party as what
   * @param name who
   * @param signature Ed25519, base64
   */
  public record Mark(Party party, String name, String signature) {
    /** BadMessage when the name is none. */
    public Mark {
      Check.name("SignedManifest.name", name);
    }
  }

  /** BadMessage when there are too many signatures. */
  public SignedManifest {
    if (signatures.stream().anyMatch(Objects::isNull)) {
      throw new BadMessage("SignedManifest.signatures", "must not hold null");
    }
    signatures = List.copyOf(signatures);
    Check.range("SignedManifest.signatures", signatures.size(), 0, MOST_SIGNATURES);
  }

  /** Not signed by anybody yet. */
  public static SignedManifest unsigned(Manifest manifest) {
    return new SignedManifest(Base64.getEncoder().encodeToString(manifest.encode()), List.of());
  }

  /** With one more signature. */
  public SignedManifest signed(Party party, String name, SigningKey key) {
    List<Mark> all = new ArrayList<>(signatures);
    byte[] signature = key.sign(message(bytes(), party, name));
    all.add(new Mark(party, name, Base64.getEncoder().encodeToString(signature)));
    return new SignedManifest(manifest, all);
  }

  /** SHA-256 of the signed bytes, as 64 hexadecimal digits: the lane's full name. */
  public String digest() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /**
   * The manifest, if it is valid at {@code now}, names no node that is revoked, and is signed by
   * its publisher and by all its operators with the keys that {@code roots} pin; else BadMessage
   * says whose signature is missing, unknown or wrong.
   */
  public Manifest verified(TrustRoots roots, Instant now) {
    byte[] bytes = bytes();
    Manifest lane = Manifest.decode(bytes);
    if (now.toEpochMilli() >= lane.expiresAt()) {
      throw new BadMessage("Manifest.expiresAt", "has passed; the lane must be signed again");
    }
    for (String identity : lane.identities()) {
      if (roots.revoked().contains(identity)) {
        throw new BadMessage("Manifest.identity", "is that of a node that was revoked");
      }
    }
    check(bytes, Party.PUBLISHER, lane.publisher(), roots.publishers());
    for (String operator : lane.operators()) {
      check(bytes, Party.OPERATOR, operator, roots.operators());
    }
    return lane;
  }

  private void check(byte[] bytes, Party party, String name, Map<String, String> pinned) {
    String who = party == Party.PUBLISHER ? "publisher " + name : "operator " + name;
    String key = pinned.get(name);
    if (key == null) {
      throw new BadMessage("SignedManifest", "names " + who + ", whose key is not pinned here");
    }
    byte[] message = message(bytes, party, name);
    boolean signed =
        signatures.stream()
            .filter(mark -> mark.party() == party && mark.name().equals(name))
            .anyMatch(mark -> SigningKey.verify(key, message, decoded(mark.signature())));
    if (!signed) {
      throw new BadMessage("SignedManifest", "is not signed by " + who + " with the pinned key");
    }
  }

  private static byte[] message(byte[] manifest, Party party, String name) {
    byte[] label =
        ("sotto/manifest/1/" + party + "/" + name + "/")
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] all = new byte[label.length + manifest.length];
    System.arraycopy(label, 0, all, 0, label.length);
    System.arraycopy(manifest, 0, all, label.length, manifest.length);
    return all;
  }

  private byte[] bytes() {
    return decoded(manifest);
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new BadMessage("SignedManifest", "is not base64");
    }
  }

  /** The signed manifest in a file's or a response's bytes; BadMessage for anything else. */
  public static SignedManifest decode(byte[] json) {
    return StrictMapper.read(json, SignedManifest.class);
  }

  /** As a file's bytes. */
  public byte[] encode() {
    return StrictMapper.write(this);
  }
}
