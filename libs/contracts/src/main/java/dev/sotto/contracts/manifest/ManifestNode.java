package dev.sotto.contracts.manifest;

import dev.sotto.contracts.Check;
import dev.sotto.contracts.seal.SealKey;

/**
 * The node that takes one role of one stage.
 *
 * @param operator who runs it
 * @param identity its Ed25519 key, 64 lowercase hexadecimal digits
 * @param sealKey its X-Wing key, base64
 */
public record ManifestNode(String operator, String identity, String sealKey) {
  /** BadMessage when a field is outside its bounds. */
  public ManifestNode {
    Check.name("Manifest.operator", operator);
    Check.digest("Manifest.identity", identity);
    SealKey.ofBase64(sealKey);
  }

  /** The key that jobs are sealed to. */
  public SealKey key() {
    return SealKey.ofBase64(sealKey);
  }
}
