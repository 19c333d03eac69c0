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

  /** Part of encodings. */
  int number() {
    return switch (this) {
      case DEALER -> 0;
      case EVALUATOR_0 -> 1;
      case EVALUATOR_1 -> 2;
    };
  }

  static Role read(Reader in) {
    return switch (in.unsignedByte("role")) {
      case 0 -> DEALER;
      case 1 -> EVALUATOR_0;
      case 2 -> EVALUATOR_1;
      default -> throw in.bad("role", "is none that this version knows");
    };
  }

  @Override
  public String toString() {
    return label;
  }
}
