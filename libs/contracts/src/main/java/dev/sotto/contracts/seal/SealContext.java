package dev.sotto.contracts.seal;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Role;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What a seal is about: bound into its keys, so that nothing sealed for one manifest, seat or
 * direction opens as another.
 *
 * @param direction to the node or back
 * @param manifestDigest SHA-256 of the lane's manifest, 64 hexadecimal digits
 * @param stage the node's stage
 * @param role the node's role
 */
public record SealContext(Direction direction, String manifestDigest, int stage, Role role) {
  /** Who seals. */
  public enum Direction {
    /** The caller, to a node. */
    REQUEST("request"),
    /** A node, to the caller's result key. */
    RESULT("result");

    private final String label;

    Direction(String label) {
      this.label = label;
    }
  }

  byte[] info() {
    byte[] label =
        ("sotto/job/1/" + direction.label + "/" + stage + "/" + role.label() + "/")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] digest = HexFormat.of().parseHex(manifestDigest);
    return ByteBuffer.allocate(label.length + digest.length).put(label).put(digest).array();
  }

  /** The associated bytes of a job's message for step {@code serial}. */
  public static byte[] associated(JobId job, long serial) {
    return ByteBuffer.allocate(24).putLong(job.high()).putLong(job.low()).putLong(serial).array();
  }
}
