package dev.sotto.mpc;

/** The three seats of the protocol. */
public enum Role {
  DEALER,
  EVALUATOR_0,
  EVALUATOR_1;

  /** Whether this role sees masked values. */
  public boolean evaluates() {
    return this != DEALER;
  }
}
