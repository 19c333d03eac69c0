package dev.sotto.client.lane;

import dev.sotto.contracts.Failure;
import org.jspecify.annotations.Nullable;

/** A lane did not finish a job: one sentence, and whether trying again may help. */
public final class LaneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Failure.Code code;

  LaneException(Failure.Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What kind of failure. */
  public Failure.Code code() {
    return code;
  }
}
