/** The enclave's side of a lane: tokens become look-up keys, shares become logits. */
@org.jspecify.annotations.NullMarked
package dev.sotto.client.lane;
