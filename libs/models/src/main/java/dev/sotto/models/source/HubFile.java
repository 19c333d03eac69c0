package dev.sotto.models.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A file of a hub repository at one commit.
 *
 * @param name its plain name
 * @param bytes its size
 * @param sha256 of its content, hex, which the hub knows of large files; or null
 * @param blob git's identity of it, hex, which the hub knows of small files; or null
 */
record HubFile(String name, long bytes, @Nullable String sha256, @Nullable String blob) {
  /** The digest that the hub gives and that a downloaded file is checked against. */
  MessageDigest newDigest() {
    if (sha256 != null) {
      return Staging.digest("SHA-256");
    }
    // Git names a blob by the SHA-1 of a prefix and its content. It guards against damage; TLS
    // guards against people.
    MessageDigest sha1 = Staging.digest("SHA-1");
    sha1.update(("blob " + bytes + "\0").getBytes(StandardCharsets.US_ASCII));
    return sha1;
  }

  /** Whether a finished digest is the one that the hub gave. */
  boolean matches(MessageDigest digest) {
    String expected = sha256 != null ? sha256 : blob;
    return HexFormat.of().formatHex(digest.digest()).equals(expected);
  }
}
