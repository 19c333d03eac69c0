package dev.sotto.verification.audit;

import dev.sotto.contracts.Protection;

/**
 * All that nodes see of a job.
 *
 * @param promptTokens length of its prompt
 * @param answeredTokens how many tokens were answered
 * @param maxTokens how many might have been
 * @param protection what it was given
 */
record Shape(int promptTokens, int answeredTokens, int maxTokens, Protection protection) {
  /** As much of it as fits a sequence of that many tokens. */
  Shape within(int tokens) {
    int prompt = Math.clamp(promptTokens, 1, tokens - 1);
    int answered = Math.clamp(answeredTokens, 1, tokens - prompt);
    return new Shape(prompt, answered, Math.max(maxTokens, answered), protection);
  }
}
