package dev.sotto.openai.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.openai.answer.SottoFacts;
import dev.sotto.openai.answer.UsageBody;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers to a conversation.
 *
 * @param id of this response
 * @param object always {@code chat.completion}
 * @param created seconds of the epoch
 * @param model whose answers
 * @param choices the answers
 * @param usage what they took
 * @param systemFingerprint names the exact model
 * @param sotto how they were made
 */
public record ChatCompletion(
    String id,
    String object,
    long created,
    String model,
    List<Choice> choices,
    UsageBody usage,
    @JsonProperty("system_fingerprint") String systemFingerprint,
    @JsonProperty("x_sotto") SottoFacts sotto) {
  /**
   * An answer.
   *
   * @param index its number, from 0
   * @param message what the model said
   * @param logprobs if asked for, else null
   * @param finishReason {@code stop} or {@code length}
   */
  public record Choice(
      int index,
      Message message,
      @Nullable ChatLogprobs logprobs,
      @JsonProperty("finish_reason") String finishReason) {}

  /**
   * What the model said.
   *
   * @param role always {@code assistant}
   * @param content its text
   * @param refusal always null
   */
  public record Message(String role, String content, @Nullable String refusal) {
    @Override
    public String toString() {
      return "Message[hidden]";
    }
  }
}
