package dev.sotto.client.platform;

import dev.sotto.contracts.Protection;
import java.util.List;

/**
 * A model as a gateway lists it: a claim, which each job's manifests confirm or do not.
 *
 * @param name what jobs name it by
 * @param modelDigest SHA-256 as 64 hexadecimal digits
 * @param protections what jobs may be given, at least one
 */
public record OfferedModel(String name, String modelDigest, List<Protection> protections) {
  /** Copies. */
  public OfferedModel {
    protections = List.copyOf(protections);
  }
}
