package dev.sotto.models.shard;

/**
 * Which products of a model run in which ring. A model is cut for one profile, public among the
 * roles, and everything that they compute follows from it.
 */
public enum PrecisionProfile {
  /** All weights in words of 64 bits. */
  WIDE("wide"),

  /**
   * Gate, up and the output projection in words of 32 bits, which is most of a model at half of the
   * bytes or none: for models whose values fit (docs/adr/0014).
   */
  MIXED("mixed");

  private final String label;

  PrecisionProfile(String label) {
    this.label = label;
  }

  /** As headers and commands spell it. */
  public String label() {
    return label;
  }

  /** The profile of that name. */
  static PrecisionProfile of(String label) {
    for (PrecisionProfile profile : values()) {
      if (profile.label.equals(label)) {
        return profile;
      }
    }
    throw new ShardException("header.precision: must be wide or mixed");
  }

  /**
   * Whole bits of the embedding's values: what is looked up is opened in a ring that holds no more
   * (docs/adr/0017).
   */
  public int embeddingWholeBits() {
    return this == MIXED ? 3 : MatrixForm.COLUMNS.wholeBits();
  }

  /** How the matrices that may be narrow are laid out. */
  MatrixForm narrowest() {
    return this == MIXED ? MatrixForm.NARROW_PANELS : MatrixForm.PANELS;
  }
}
