package dev.sotto.launch;

/**
 * What a supervisor waits for while it starts: told by who started it, a line each on its standard
 * input, in this order. If that ends before the last, nobody will finish the preparation, and the
 * supervisor ends too.
 */
public enum Milestone {
  /** The model's public part is there, and the known answers where audits need them. */
  MODEL,
  /** The shards of all lanes are there. */
  SHARDS
}
