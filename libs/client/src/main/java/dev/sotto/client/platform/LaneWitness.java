package dev.sotto.client.platform;

import dev.sotto.contracts.manifest.Manifest;

/**
 * Sees what every lane of a job has answered, before lanes are compared: for an enclave that knows
 * the answer and wants to know who is wrong. What it is shown is content.
 */
@FunctionalInterface
public interface LaneWitness {
  /** Looks at nothing. */
  LaneWitness NONE = (lane, manifestDigest, logits) -> {};

  /**
   * A lane has answered a step.
   *
   * @param lane who
   * @param manifestDigest SHA-256 of its manifest, 64 hexadecimal digits
   * @param logits as opened; not to be changed. [vocab]
   */
  void answered(Manifest lane, String manifestDigest, float[] logits);
}
