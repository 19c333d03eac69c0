package dev.sotto.embedded.chaos;

/** What a caller got. */
sealed interface Outcome {
  /**
   * The whole answer.
   *
   * @param answer its text, or its tokens
   */
  record Answered(String answer) implements Outcome {}

  /**
   * An error.
   *
   * @param code for programs
   * @param retryable whether it says that the same request may succeed later
   * @param shown what had been shown before
   */
  record Refused(String code, boolean retryable, String shown) implements Outcome {}
}
