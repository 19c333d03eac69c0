package dev.sotto.contracts;

/** Kinds of frames between a caller and a node; nodes' own kinds are below 8. */
public enum CallerKind {
  /** Caller: a {@link JobOpen}. */
  OPEN(8),
  /** Node: it has met its peers, and steps may come. */
  READY(9),
  /** Caller: a {@link StepRequest}. */
  STEP(10),
  /** Node: a {@link StepResult}. */
  RESULT(11),
  /** Node: a {@link Failure}; the job is over. */
  FAILURE(12),
  /** Caller: the job is over. */
  CLOSE(13);

  private final int code;

  CallerKind(int code) {
    this.code = code;
  }

  /** The number in a frame's header. */
  public int code() {
    return code;
  }
}
