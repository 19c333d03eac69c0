package dev.sotto.contracts;

import java.util.regex.Pattern;

/**
 * The node that takes one role of one stage.
 *
 * @param identity its Ed25519 key, 64 lowercase hexadecimal digits
 * @param host a host name or an address, without a port
 * @param port 1 … 65535
 * @param operator who runs it
 */
public record LaneNode(String identity, String host, int port, String operator) {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[?[0-9A-Fa-f:.]{2,45}\\]?");

  /** BadMessage when a field is outside its bounds. */
  public LaneNode {
    Check.digest("Lane.identity", identity);
    if (!HOST.matcher(host).matches()) {
      throw new BadMessage("Lane.host", "must be a host name or an address");
    }
    Check.range("Lane.port", port, 1, 65_535);
    Check.name("Lane.operator", operator);
  }
}
