package dev.sotto.openai.response;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.openai.chat.ChatLogprobs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event of a streamed response: its type says which fields it has.
 *
 * @param type as {@code response.output_text.delta}
 * @param sequenceNumber from 0
 * @param response the whole response so far
 * @param itemId which item
 * @param outputIndex which item, by number
 * @param contentIndex which part of it
 * @param item the item
 * @param part the part
 * @param delta more of its text
 * @param text all of its text
 * @param logprobs of its tokens
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResponseEvent(
    String type,
    @JsonProperty("sequence_number") int sequenceNumber,
    @Nullable ResponseBody response,
    @JsonProperty("item_id") @Nullable String itemId,
    @JsonProperty("output_index") @Nullable Integer outputIndex,
    @JsonProperty("content_index") @Nullable Integer contentIndex,
    ResponseBody.@Nullable Item item,
    ResponseBody.@Nullable Part part,
    @Nullable String delta,
    @Nullable String text,
    @Nullable List<ChatLogprobs.Content> logprobs) {
  static ResponseEvent of(String type, int number, ResponseBody response) {
    return new ResponseEvent(
        type, number, response, null, null, null, null, null, null, null, null);
  }

  static ResponseEvent of(String type, int number, ResponseBody.Item item) {
    return new ResponseEvent(type, number, null, null, 0, null, item, null, null, null, null);
  }

  static ResponseEvent of(String type, int number, String itemId, ResponseBody.Part part) {
    return new ResponseEvent(type, number, null, itemId, 0, 0, null, part, null, null, null);
  }

  static ResponseEvent delta(
      int number, String itemId, String delta, List<ChatLogprobs.Content> logprobs) {
    return new ResponseEvent(
        "response.output_text.delta",
        number,
        null,
        itemId,
        0,
        0,
        null,
        null,
        delta,
        null,
        logprobs);
  }

  static ResponseEvent text(
      int number, String itemId, String text, List<ChatLogprobs.Content> logprobs) {
    return new ResponseEvent(
        "response.output_text.done", number, null, itemId, 0, 0, null, null, null, text, logprobs);
  }

  @Override
  public String toString() {
    return "ResponseEvent[" + type + "]";
  }
}
