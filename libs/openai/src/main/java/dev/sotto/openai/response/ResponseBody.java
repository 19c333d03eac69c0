package dev.sotto.openai.response;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.openai.answer.SottoFacts;
import dev.sotto.openai.chat.ChatLogprobs;
import dev.sotto.openai.error.ErrorBody;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response, done or on the way.
 *
 * @param id of this response; nothing is stored under it
 * @param object always {@code response}
 * @param createdAt seconds of the epoch
 * @param status {@code in_progress}, {@code completed}, {@code incomplete} or {@code failed}
 * @param background always false
 * @param error why it failed, else null
 * @param incompleteDetails why it is incomplete, else null
 * @param instructions as asked
 * @param maxOutputTokens as asked
 * @param model whose answer
 * @param output what it said
 * @param parallelToolCalls always false
 * @param previousResponseId always null
 * @param store always false
 * @param temperature as asked
 * @param text always plain text
 * @param toolChoice always {@code none}
 * @param tools always none
 * @param topP as asked
 * @param truncation always {@code disabled}
 * @param usage what it took; null on the way
 * @param metadata as asked
 * @param sotto how it was made
 */
public record ResponseBody(
    String id,
    String object,
    @JsonProperty("created_at") long createdAt,
    String status,
    boolean background,
    ErrorBody.@Nullable Details error,
    @JsonProperty("incomplete_details") @Nullable Incomplete incompleteDetails,
    @Nullable String instructions,
    @JsonProperty("max_output_tokens") @Nullable Integer maxOutputTokens,
    String model,
    List<Item> output,
    @JsonProperty("parallel_tool_calls") boolean parallelToolCalls,
    @JsonProperty("previous_response_id") @Nullable String previousResponseId,
    boolean store,
    double temperature,
    Text text,
    @JsonProperty("tool_choice") String toolChoice,
    List<String> tools,
    @JsonProperty("top_p") double topP,
    String truncation,
    @Nullable Used usage,
    Map<String, String> metadata,
    @JsonProperty("x_sotto") SottoFacts sotto) {
  /**
   * Why a response is incomplete.
   *
   * @param reason always {@code max_output_tokens}
   */
  public record Incomplete(String reason) {}

  /**
   * How text is given.
   *
   * @param format always plain
   */
  public record Text(Format format) {}

  /**
   * A format.
   *
   * @param type always {@code text}
   */
  public record Format(String type) {}

  /**
   * Something that was said.
   *
   * @param type always {@code message}
   * @param id its own
   * @param status as the response's
   * @param role always {@code assistant}
   * @param content its parts
   */
  public record Item(String type, String id, String status, String role, List<Part> content) {}

  /**
   * A text.
   *
   * @param type always {@code output_text}
   * @param text what was said
   * @param annotations always none
   * @param logprobs of its tokens, if asked for
   */
  public record Part(
      String type, String text, List<String> annotations, List<ChatLogprobs.Content> logprobs) {
    @Override
    public String toString() {
      return "Part[hidden]";
    }
  }

  /**
   * What a response took.
   *
   * @param inputTokens of the prompt
   * @param inputTokensDetails of them
   * @param outputTokens of the answer
   * @param outputTokensDetails of them
   * @param totalTokens both
   */
  public record Used(
      @JsonProperty("input_tokens") int inputTokens,
      @JsonProperty("input_tokens_details") InputDetails inputTokensDetails,
      @JsonProperty("output_tokens") int outputTokens,
      @JsonProperty("output_tokens_details") OutputDetails outputTokensDetails,
      @JsonProperty("total_tokens") int totalTokens) {}

  /**
   * Of input tokens.
   *
   * @param cachedTokens always 0
   * @param cacheWriteTokens always 0
   */
  public record InputDetails(
      @JsonProperty("cached_tokens") int cachedTokens,
      @JsonProperty("cache_write_tokens") int cacheWriteTokens) {}

  /**
   * Of output tokens.
   *
   * @param reasoningTokens always 0
   */
  public record OutputDetails(@JsonProperty("reasoning_tokens") int reasoningTokens) {}
}
