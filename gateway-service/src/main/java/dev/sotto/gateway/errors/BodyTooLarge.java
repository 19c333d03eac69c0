package dev.sotto.gateway.errors;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A body that is longer than its path takes; 413. Thrown while it is read. */
public final class BodyTooLarge extends IOException {
  private static final long serialVersionUID = 1;

  /** The only kind. */
  public BodyTooLarge() {
    super("The body is longer than this URL takes.");
  }

  static boolean in(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BodyTooLarge) {
        return true;
      }
    }
    return false;
  }
}
