package dev.sotto.models.shard;

/** The seat that a shard is for, and so what it contains. */
public enum ShardRole {
  /** Holds both seeds and no matrix. */
  DEALER("dealer", true, true),
  /** Holds w0 and S0 = W + P1. */
  EVALUATOR_0("evaluator-0", true, false),
  /** Holds w1 and S1 = W + P0 + P1. */
  EVALUATOR_1("evaluator-1", false, true);

  private final String label;
  private final boolean holdsW0;
  private final boolean holdsW1;

  ShardRole(String label, boolean holdsW0, boolean holdsW1) {
    this.label = label;
    this.holdsW0 = holdsW0;
    this.holdsW1 = holdsW1;
  }

  /** The role's name in files, messages and commands, e.g. {@code evaluator-0}. */
  public String label() {
    return label;
  }

  /** The role of that label; a {@link ShardException} names the three there are. */
  public static ShardRole of(String label) {
    for (ShardRole role : values()) {
      if (role.label.equals(label)) {
        return role;
      }
    }
    throw new ShardException("a role is dealer, evaluator-0 or evaluator-1");
  }

  /** Whether the role's shard contains masked matrices. */
  public boolean storesMatrices() {
    return this != DEALER;
  }

  /** Whether the role holds seed w_{@code which}, {@code which} being 0 or 1. */
  public boolean holdsSeed(int which) {
    return switch (which) {
      case 0 -> holdsW0;
      case 1 -> holdsW1;
      default -> throw new IllegalArgumentException("seeds are w0 and w1, not w" + which);
    };
  }

  int seeds() {
    return (holdsW0 ? 1 : 0) + (holdsW1 ? 1 : 0);
  }

  @Override
  public String toString() {
    return label;
  }
}
