package dev.sotto.billing.credit;

/** A request of an operator that the books do not allow; names the field and says why. */
public final class NotPossible extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String field;

  /** A field, and why. */
  public NotPossible(String field, String message) {
    super(message);
    this.field = field;
  }

  /** Which field of the request. */
  public String field() {
    return field;
  }
}
