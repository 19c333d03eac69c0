package dev.sotto.openai.completion;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.client.Generation;
import dev.sotto.openai.ServedModel;
import dev.sotto.openai.answer.Ask;
import dev.sotto.openai.answer.CommonFields;
import dev.sotto.openai.answer.StreamOptions;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.json.Fields;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request for completions of raw text, as documented; {@link #ask} reads it.
 *
 * @param model a model's name
 * @param prompt a text, texts, token ids, or lists of them
 * @param maxTokens most tokens of an answer; 16 unless given
 * @param temperature 0 to 2; 1 unless given
 * @param topP 0 to 1; 1 unless given
 * @param n answers to each prompt; 8 to all prompts together
 * @param stop a string, or up to four
 * @param seed repeats draws
 * @param frequencyPenalty −2 to 2
 * @param presencePenalty −2 to 2
 * @param logitBias by token id, −100 to 100
 * @param logprobs of how many tokens in each place, 0 to 5
 * @param stream whether to stream
 * @param streamOptions how to stream
 */
record CompletionRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) String model,
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            oneOf = {String.class, String[].class, Integer[].class, Integer[][].class})
        Object prompt,
    @Schema(minimum = "1") @JsonProperty("max_tokens") @Nullable Integer maxTokens,
    @Schema(minimum = "0", maximum = "2") @Nullable Double temperature,
    @Schema(minimum = "0", maximum = "1") @JsonProperty("top_p") @Nullable Double topP,
    @Schema(minimum = "1", maximum = "8") @Nullable Integer n,
    @Schema(oneOf = {String.class, String[].class}) @Nullable Object stop,
    @Nullable Long seed,
    @Schema(minimum = "-2", maximum = "2") @JsonProperty("frequency_penalty")
        @Nullable Double frequencyPenalty,
    @Schema(minimum = "-2", maximum = "2") @JsonProperty("presence_penalty")
        @Nullable Double presencePenalty,
    @JsonProperty("logit_bias") @Nullable Map<String, Double> logitBias,
    @Schema(minimum = "0", maximum = "5") @Nullable Integer logprobs,
    @Nullable Boolean stream,
    @JsonProperty("stream_options") @Nullable StreamOptions streamOptions) {
  private static final int USUAL_TOKENS = 16;
  private static final int MAX_LOGPROBS = 5;
  private static final int MAX_IDS = 1 << 17;

  /** The request in a body; every error names its field. */
  static Ask ask(Fields fields, List<ServedModel> served, boolean obfuscates) {
    ServedModel model = CommonFields.model(fields, served);
    JsonNode prompt = fields.needed("prompt");
    Integer most = CommonFields.tokens(fields, "max_tokens", 1);
    int n = fields.whole("n", 1, Ask.MAX_ANSWERS).orElse(1);
    var sampling = CommonFields.sampling(fields);
    List<String> stops = CommonFields.stops(fields);
    int top = fields.whole("logprobs", 0, MAX_LOGPROBS).orElse(-1);
    StreamOptions stream = CommonFields.stream(fields, obfuscates);
    var protection = CommonFields.protection(fields, model);
    CommonFields.harmless(fields);
    fields.only("echo", false);
    fields.only("best_of", n);
    fields.empty("suffix");
    fields.done();
    List<int[]> prompts = prompts(model, prompt);
    if (prompts.size() * n > Ask.MAX_ANSWERS) {
      throw ApiError.invalid(
          "n",
          "invalid_value",
          "'n' answers to each 'prompt' must be at most %d together.".formatted(Ask.MAX_ANSWERS));
    }
    return new Ask(
        model,
        protection,
        prompts,
        "prompt",
        n,
        sampling,
        stops,
        most == null ? USUAL_TOKENS : most,
        top,
        stream);
  }

  private static List<int[]> prompts(ServedModel model, JsonNode prompt) {
    if (prompt.isString()) {
      return List.of(prompt(model, "prompt", prompt));
    }
    List<JsonNode> elements = Fields.array("prompt", prompt, MAX_IDS);
    if (!elements.isEmpty() && elements.getFirst().isNumber()) {
      return List.of(ids(model, "prompt", elements));
    }
    if (elements.isEmpty() || elements.size() > Ask.MAX_ANSWERS) {
      throw ApiError.invalid(
          "prompt",
          "invalid_value",
          "'prompt' must have 1 to %d elements.".formatted(Ask.MAX_ANSWERS));
    }
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < elements.size(); i++) {
      String name = "prompt[%d]".formatted(i);
      JsonNode element = elements.get(i);
      prompts.add(
          element.isArray()
              ? ids(model, name, Fields.array(name, element, MAX_IDS))
              : prompt(model, name, element));
    }
    return prompts;
  }

  private static int[] prompt(ServedModel model, String name, JsonNode text) {
    Generation generation = model.generation();
    String said = Fields.text(name, text);
    return CommonFields.fitting(model, generation.continuation(said), name);
  }

  private static int[] ids(ServedModel model, String name, List<JsonNode> elements) {
    int[] ids = new int[elements.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] =
          (int)
              Fields.whole(
                  "%s[%d]".formatted(name, i), elements.get(i), 0, model.pin().vocab() - 1L);
    }
    return CommonFields.fitting(model, model.generation().tokens(ids), name);
  }
}
