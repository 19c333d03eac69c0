package dev.sotto.node.peer;

/** Kinds of frames between nodes; callers' are from 8 on. */
public enum Kind {
  /** The connecting role opens a session: {@link Greeting}. */
  GREETING(0),
  /** The accepting role answers with a greeting of its own. */
  ANSWER(1),
  /** A round of openings between the evaluators. */
  OPENING(2),
  /** Correlations from the dealer, ahead of time. */
  DEALT(3),
  /**
   * Evaluator-1 has used as many dealt bytes as the payload says: the dealer may send as many more.
   */
  CREDIT(4),
  /** The end of dealing, in both directions: the link is clean again. */
  DONE(5),
  /** The dealer's part of an embedding look-up. */
  LOOKED_UP(6),
  /** A residual share for the next stage. */
  HAND_OVER(7);

  private final int code;

  Kind(int code) {
    this.code = code;
  }

  /** The number in a frame's header. */
  public int code() {
    return code;
  }
}
