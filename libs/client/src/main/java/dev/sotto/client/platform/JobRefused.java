package dev.sotto.client.platform;

/**
 * A platform does not take a job, or has ended it. The message is for people and has no content.
 */
public final class JobRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final String code;
  private final boolean retryable;

  /** What a refusal means; each has its HTTP status. */
  public enum Kind {
    /** The request breaks its contract. */
    INVALID(400),
    /** The key is none, expired or revoked. */
    UNAUTHENTICATED(401),
    /** The key may not do this. */
    FORBIDDEN(403),
    /** There is no such model or job. */
    NOT_FOUND(404),
    /** The job is over, or the step is not due. */
    CONFLICT(409),
    /** A limit or a cap is reached. */
    LIMITED(429),
    /** A lane failed the job. */
    FAILED(502),
    /** No lane can take it now. */
    UNAVAILABLE(503),
    /** Its deadline passed. */
    EXPIRED(504);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }
  }

  /**
   * A refusal.
   *
   * @param code for programs: lower case with underscores
   * @param retryable whether the same request may succeed later
   */
  public JobRefused(Kind kind, String code, String message, boolean retryable) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.retryable = retryable;
  }

  /** What it means. */
  public Kind kind() {
    return kind;
  }

  /** For programs. */
  public String code() {
    return code;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }
}
