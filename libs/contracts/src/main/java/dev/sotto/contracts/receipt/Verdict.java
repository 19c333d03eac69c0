package dev.sotto.contracts.receipt;

import com.fasterxml.jackson.annotation.JsonValue;

/** What comparing lanes said about a job. */
public enum Verdict {
  /** Nothing was compared: one lane. */
  NONE("none"),
  /** All lanes' digests are as close as honest rounding leaves them. */
  AGREE("agree"),
  /** Some are not; which lanes, if a majority says so, is beside it. */
  DISAGREE("disagree"),
  /** Some lane's digests never came, for all or for a part of what was answered. */
  INCOMPLETE("incomplete");

  private final String label;

  Verdict(String label) {
    this.label = label;
  }

  /** As it is written everywhere. */
  @JsonValue
  public String label() {
    return label;
  }

  @Override
  public String toString() {
    return label;
  }
}
