package dev.sotto.openai.answer;

/**
 * What a request has used.
 *
 * @param promptTokens of its prompts, each counted once however many answers it was given
 * @param completionTokens of all its answers, with those that ended them
 */
public record TokenUsage(int promptTokens, int completionTokens) {
  /** Both. */
  public int total() {
    return promptTokens + completionTokens;
  }
}
