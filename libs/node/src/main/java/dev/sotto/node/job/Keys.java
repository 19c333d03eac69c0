package dev.sotto.node.job;

import dev.sotto.contracts.Octets;
import dev.sotto.contracts.StepRequest;
import java.util.List;

/** The look-up keys of a request. */
final class Keys {
  private Keys() {}

  static List<byte[]> of(StepRequest request) {
    return request.keys().stream().map(Octets::toArray).toList();
  }
}
