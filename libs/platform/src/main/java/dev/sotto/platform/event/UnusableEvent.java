package dev.sotto.platform.event;

/** An event that no second attempt will make sense of. */
public final class UnusableEvent extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Why, in words without content. */
  public UnusableEvent(String message) {
    super(message);
  }
}
