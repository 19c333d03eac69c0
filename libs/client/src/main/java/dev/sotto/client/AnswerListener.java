package dev.sotto.client;

/** Hears an answer as it comes, in the thread that runs its steps. */
public interface AnswerListener {
  /** Text, and the tokens that it is made of. */
  void piece(AnswerPiece piece);

  /**
   * Whether nobody waits for the answer any more; asked before every step.
   *
   * @return true to end it with a {@link java.util.concurrent.CancellationException}
   */
  default boolean cancelled() {
    return false;
  }
}
