package dev.sotto.client.lane;

import dev.sotto.contracts.Failure;
import org.jspecify.annotations.Nullable;

/** A lane did not finish a job: one sentence, and whether trying again may help. */
public final class LaneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Failure.Code code;

  /** What kind of failure, and one sentence without any content of the job. */
  public LaneException(Failure.Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What kind of failure. */
  public Failure.Code code() {
    return code;
  }

  /** Whether the same request may succeed on another lane, or later on this one. */
  public boolean retryable() {
    return switch (code) {
      case PEER_GONE, BUSY, INTERNAL -> true;
      case REFUSED, EXPIRED, REPLAYED, DIVERGED, PEER_CHEATED -> false;
    };
  }
}
