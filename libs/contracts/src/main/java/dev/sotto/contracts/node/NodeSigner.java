package dev.sotto.contracts.node;

/** Signs as a node, with its identity: Ed25519, 64 bytes. */
@FunctionalInterface
public interface NodeSigner {
  /** The signature of a message, which begins with what it is for. */
  byte[] sign(byte[] message);
}
