package dev.sotto.openai.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.openai.answer.SottoFacts;
import dev.sotto.openai.answer.UsageBody;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a streamed answer.
 *
 * @param id the same in all chunks
 * @param object always {@code chat.completion.chunk}
 * @param created the same in all chunks; seconds of the epoch
 * @param model whose answer
 * @param systemFingerprint names the exact model
 * @param choices one, or none in the chunk with the usage
 * @param usage in the last chunk, if asked for
 * @param sotto how the answer is made
 */
public record ChatCompletionChunk(
    String id,
    String object,
    long created,
    String model,
    @JsonProperty("system_fingerprint") String systemFingerprint,
    List<Choice> choices,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UsageBody usage,
    @JsonProperty("x_sotto") SottoFacts sotto) {
  /**
   * What is new of an answer.
   *
   * @param index its number, from 0
   * @param delta what is new
   * @param logprobs of what is new, if asked for, else null
   * @param finishReason null until the answer's last chunk
   */
  public record Choice(
      int index,
      Delta delta,
      @Nullable ChatLogprobs logprobs,
      @JsonProperty("finish_reason") @Nullable String finishReason) {}

  /**
   * What is new.
   *
   * @param role in an answer's first chunk
   * @param content more of its text
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Delta(@Nullable String role, @Nullable String content) {
    @Override
    public String toString() {
      return "Delta[hidden]";
    }
  }
}
