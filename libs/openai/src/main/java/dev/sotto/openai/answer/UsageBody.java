package dev.sotto.openai.answer;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A {@link TokenUsage} as chat and completions spell it.
 *
 * @param promptTokens of the prompts
 * @param completionTokens of the answers
 * @param totalTokens both
 * @param promptTokensDetails what is known of the prompts
 * @param completionTokensDetails what is known of the answers
 */
public record UsageBody(
    @JsonProperty("prompt_tokens") int promptTokens,
    @JsonProperty("completion_tokens") int completionTokens,
    @JsonProperty("total_tokens") int totalTokens,
    @JsonProperty("prompt_tokens_details") PromptDetails promptTokensDetails,
    @JsonProperty("completion_tokens_details") CompletionDetails completionTokensDetails) {
  /**
   * Of the prompts.
   *
   * @param cachedTokens always 0: no job knows of another's
   */
  public record PromptDetails(@JsonProperty("cached_tokens") int cachedTokens) {}

  /**
   * Of the answers.
   *
   * @param reasoningTokens always 0
   */
  public record CompletionDetails(@JsonProperty("reasoning_tokens") int reasoningTokens) {}

  /** Of what was used. */
  public static UsageBody of(TokenUsage usage) {
    return new UsageBody(
        usage.promptTokens(),
        usage.completionTokens(),
        usage.total(),
        new PromptDetails(0),
        new CompletionDetails(0));
  }
}
