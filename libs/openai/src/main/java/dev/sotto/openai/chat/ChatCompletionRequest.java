package dev.sotto.openai.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.client.AnswerRequest;
import dev.sotto.models.text.ChatMessage;
import dev.sotto.openai.ServedModel;
import dev.sotto.openai.answer.Ask;
import dev.sotto.openai.answer.CommonFields;
import dev.sotto.openai.answer.StreamOptions;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.json.Fields;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request for chat completions, as documented; {@link #ask} reads it. What it does not name is
 * refused by name, except what changes nothing.
 *
 * @param model a model's name
 * @param messages the conversation
 * @param temperature 0 to 2; 1 unless given
 * @param topP 0 to 1; 1 unless given
 * @param n answers, 1 to 8
 * @param stop a string, or up to four
 * @param maxCompletionTokens most tokens of an answer
 * @param maxTokens the older name of it
 * @param seed repeats draws
 * @param frequencyPenalty −2 to 2
 * @param presencePenalty −2 to 2
 * @param logitBias by token id, −100 to 100
 * @param logprobs whether to tell probabilities
 * @param topLogprobs of how many tokens in each place, 0 to 20
 * @param stream whether to stream
 * @param streamOptions how to stream
 */
record ChatCompletionRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) String model,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) List<Message> messages,
    @Schema(minimum = "0", maximum = "2") @Nullable Double temperature,
    @Schema(minimum = "0", maximum = "1") @JsonProperty("top_p") @Nullable Double topP,
    @Schema(minimum = "1", maximum = "8") @Nullable Integer n,
    @Schema(oneOf = {String.class, String[].class}) @Nullable Object stop,
    @Schema(minimum = "1") @JsonProperty("max_completion_tokens")
        @Nullable Integer maxCompletionTokens,
    @Schema(minimum = "1") @JsonProperty("max_tokens") @Nullable Integer maxTokens,
    @Nullable Long seed,
    @Schema(minimum = "-2", maximum = "2") @JsonProperty("frequency_penalty")
        @Nullable Double frequencyPenalty,
    @Schema(minimum = "-2", maximum = "2") @JsonProperty("presence_penalty")
        @Nullable Double presencePenalty,
    @JsonProperty("logit_bias") @Nullable Map<String, Double> logitBias,
    @Nullable Boolean logprobs,
    @Schema(minimum = "0", maximum = "20") @JsonProperty("top_logprobs")
        @Nullable Integer topLogprobs,
    @Nullable Boolean stream,
    @JsonProperty("stream_options") @Nullable StreamOptions streamOptions) {
  /**
   * A turn.
   *
   * @param role system, developer, user or assistant
   * @param content what was said
   */
  record Message(
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              allowableValues = {"system", "developer", "user", "assistant"})
          String role,
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) String content) {}

  /** The request in a body; every error names its field. */
  static Ask ask(Fields fields, List<ServedModel> served, boolean obfuscates) {
    ServedModel model = CommonFields.model(fields, served);
    List<ChatMessage> messages = ChatMessages.of(fields);
    Integer most = CommonFields.tokens(fields, "max_completion_tokens", 1);
    Integer older = CommonFields.tokens(fields, "max_tokens", 1);
    int n = fields.whole("n", 1, Ask.MAX_ANSWERS).orElse(1);
    int top = logprobs(fields);
    var sampling = CommonFields.sampling(fields);
    List<String> stops = CommonFields.stops(fields);
    StreamOptions stream = CommonFields.stream(fields, obfuscates);
    var protection = CommonFields.protection(fields, model);
    CommonFields.harmless(fields);
    Optional<Fields> format = fields.object("response_format");
    format.ifPresent(
        f -> {
          f.only("type", "text");
          f.done();
        });
    fields.empty("tools", "functions");
    fields.only("tool_choice", "none", "auto");
    fields.only("function_call", "none", "auto");
    fields.only("parallel_tool_calls", true, false);
    fields.only("service_tier", "auto", "default");
    fields.done();
    int[] prompt = model.generation().conversation(messages);
    return new Ask(
        model,
        protection,
        List.of(CommonFields.fitting(model, prompt, "messages")),
        "messages",
        n,
        sampling,
        stops,
        most == null ? older : most,
        top,
        stream);
  }

  private static int logprobs(Fields fields) {
    boolean wanted = fields.flag("logprobs", false);
    var top = fields.whole("top_logprobs", 0, AnswerRequest.MAX_TOP_LOGPROBS);
    if (top.isPresent() && !wanted) {
      throw ApiError.invalid(
          "top_logprobs",
          "invalid_value",
          "'top_logprobs' is only for requests with 'logprobs' set to true.");
    }
    return wanted ? top.orElse(0) : -1;
  }
}
