package dev.sotto.contracts;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a job is given, and what every answer and receipt says. */
public enum Protection {
  /** One lane: secrecy against a role that follows the protocol. */
  PASSIVE("passive"),
  /** Several lanes without a common operator, compared before anything is shown. */
  COMPARED("compared");

  private final String label;

  Protection(String label) {
    this.label = label;
  }

  /** As it is written everywhere. */
  @JsonValue
  public String label() {
    return label;
  }

  /** The lanes that it takes. */
  public int lanes() {
    return this == PASSIVE ? 1 : 2;
  }

  @Override
  public String toString() {
    return label;
  }
}
