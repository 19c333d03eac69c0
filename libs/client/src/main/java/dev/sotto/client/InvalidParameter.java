package dev.sotto.client;

import java.io.Serial;

/**
 * A caller's parameter is outside its range; the message names the field, the range and the value.
 */
public final class InvalidParameter extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1;

  private final String field;

  /**
   * For a field and what is wrong with it.
   *
   * @param field the field's name, with which the message begins
   * @param message the rest of the sentence: range and value
   */
  public InvalidParameter(String field, String message) {
    super(field + " " + message);
    this.field = field;
  }

  /** The field's name, as in {@link Sampling}. */
  public String field() {
    return field;
  }

  /** The value, if low ≤ value ≤ high; a NaN is never in range. */
  static double inRange(String field, double value, double low, double high) {
    if (value >= low && value <= high) {
      return value;
    }
    throw new InvalidParameter(field, "must be %s to %s, was %s".formatted(low, high, value));
  }
}
