package dev.sotto.contracts;

/** A message or file that breaks its contract. Names the field and the rule, quotes no content. */
public final class BadMessage extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String field;

  /** A field and the rule that it breaks. */
  public BadMessage(String field, String rule) {
    super(field + " " + rule);
    this.field = field;
  }

  /** Which field, as {@code Message.field}. */
  public String field() {
    return field;
  }
}
