package dev.sotto.client;

import java.util.Arrays;
import java.util.List;

/**
 * What an enclave is to answer. Plaintext of the caller's.
 *
 * @param prompt token ids, as {@link Generation} made them
 * @param sampling how tokens are chosen
 * @param stops strings before which the answer ends
 * @param maxTokens most tokens of the answer, at least 1; the context may end it sooner
 * @param topLogprobs how many of the likeliest tokens to name beside each, 0 … {@value
 *     #MAX_TOP_LOGPROBS}; −1 for no probabilities at all
 */
public record AnswerRequest(
    int[] prompt, Sampling sampling, List<String> stops, int maxTokens, int topLogprobs) {
  /** Most tokens that are named beside each. */
  public static final int MAX_TOP_LOGPROBS = 20;

  /** {@link InvalidParameter} when a field is outside its bounds. */
  public AnswerRequest {
    prompt = prompt.clone();
    stops = List.copyOf(stops);
    if (maxTokens < 1) {
      throw new InvalidParameter("maxTokens", "must be 1 or more, was " + maxTokens);
    }
    if (topLogprobs < -1 || topLogprobs > MAX_TOP_LOGPROBS) {
      throw new InvalidParameter(
          "topLogprobs", "must be 0 to %d, was %d".formatted(MAX_TOP_LOGPROBS, topLogprobs));
    }
  }

  @Override
  public int[] prompt() {
    return prompt.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AnswerRequest o
        && Arrays.equals(prompt, o.prompt)
        && sampling.equals(o.sampling)
        && stops.equals(o.stops)
        && maxTokens == o.maxTokens
        && topLogprobs == o.topLogprobs;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(prompt) + sampling.hashCode();
  }

  @Override
  public String toString() {
    return "AnswerRequest[%d + %d tokens]".formatted(prompt.length, maxTokens);
  }
}
