package dev.sotto.contracts;

/** The three seats of a lane. */
public enum Role {
  /** Deals correlations; receives nothing but look-up keys. */
  DEALER("dealer"),
  /** The evaluator that holds the masked weights. */
  EVALUATOR_0("evaluator-0"),
  /** The evaluator that holds a stream instead. */
  EVALUATOR_1("evaluator-1");

  private final String label;

  Role(String label) {
    this.label = label;
  }

  /** As it is written in files and shown to people. */
  public String label() {
    return label;
  }

  @Override
  public String toString() {
    return label;
  }
}
