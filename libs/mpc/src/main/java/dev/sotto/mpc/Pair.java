package dev.sotto.mpc;

/** Two roles that share a secret, and so streams, which the third does not know. */
public enum Pair {
  DEALER_EVALUATOR_0(0, Role.DEALER, Role.EVALUATOR_0),
  DEALER_EVALUATOR_1(1, Role.DEALER, Role.EVALUATOR_1),
  EVALUATORS(2, Role.EVALUATOR_0, Role.EVALUATOR_1);

  private final int index;
  private final Role a;
  private final Role b;

  Pair(int index, Role a, Role b) {
    this.index = index;
    this.a = a;
    this.b = b;
  }

  /** Whether {@code role} is one of the two. */
  public boolean has(Role role) {
    return role == a || role == b;
  }

  int index() {
    return index;
  }
}
