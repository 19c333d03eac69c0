package dev.sotto.node.compute;

import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.function.Rope;

/** A value of the shared arithmetic, in the form that the next layer takes. */
public sealed interface SharedValue {
  /** An additive share: the residual stream, or a product before its truncation. */
  record Additive(Share share) implements SharedValue {}

  /** A masked wire. */
  record Masked(Wire wire) implements SharedValue {}

  /** Rotated queries and keys, and values. */
  record Heads(Rope.Heads wires) implements SharedValue {}

  /** The share, if this is one. */
  default Share share() {
    if (this instanceof Additive a) {
      return a.share();
    }
    throw new IllegalStateException("a layer expected an additive share");
  }

  /** The wire, if this is one. */
  default Wire wire() {
    if (this instanceof Masked m) {
      return m.wire();
    }
    throw new IllegalStateException("a layer expected a masked wire");
  }
}
