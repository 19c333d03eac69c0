package dev.sotto.openai.completion;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.openai.answer.SottoFacts;
import dev.sotto.openai.answer.UsageBody;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Continuations of texts, whole or a part of them.
 *
 * @param id of this response
 * @param object always {@code text_completion}
 * @param created seconds of the epoch
 * @param model whose answers
 * @param choices the answers, or what is new of one
 * @param usage what they took; of a stream in its last chunk, if asked for
 * @param systemFingerprint names the exact model
 * @param sotto how they were made
 */
public record CompletionBody(
    String id,
    String object,
    long created,
    String model,
    List<Choice> choices,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UsageBody usage,
    @JsonProperty("system_fingerprint") String systemFingerprint,
    @JsonProperty("x_sotto") SottoFacts sotto) {
  /**
   * An answer, or what is new of it.
   *
   * @param text its text
   * @param index its number: answers to the first prompt come first
   * @param logprobs if asked for, else null
   * @param finishReason {@code stop} or {@code length}; null before a stream's last chunk of it
   */
  public record Choice(
      String text,
      int index,
      @Nullable Logprobs logprobs,
      @JsonProperty("finish_reason") @Nullable String finishReason) {
    @Override
    public String toString() {
      return "Choice[hidden]";
    }
  }

  /**
   * Probabilities of tokens.
   *
   * @param tokens their texts
   * @param tokenLogprobs natural logarithms of their probabilities under the model alone
   * @param topLogprobs of the likeliest in each place
   * @param textOffset where each begins in the answer, in characters
   */
  public record Logprobs(
      List<String> tokens,
      @JsonProperty("token_logprobs") List<Double> tokenLogprobs,
      @JsonProperty("top_logprobs") List<Map<String, Double>> topLogprobs,
      @JsonProperty("text_offset") List<Integer> textOffset) {}
}
