package dev.sotto.data;

import org.jspecify.annotations.Nullable;

/** A database or broker that cannot be started; the message says why and what helps. */
public final class DataFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  DataFailure(String message) {
    super(message);
  }

  DataFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
