package dev.sotto.openai.response;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.client.AnswerRequest;
import dev.sotto.models.text.ChatMessage;
import dev.sotto.openai.ServedModel;
import dev.sotto.openai.answer.Ask;
import dev.sotto.openai.answer.CommonFields;
import dev.sotto.openai.answer.StreamOptions;
import dev.sotto.openai.chat.ChatMessages;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.json.Fields;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request for a response, as documented; {@link #read} reads it. Stateless: nothing is stored,
 * and an earlier response cannot be named.
 *
 * @param model a model's name
 * @param input a text, or the conversation's turns
 * @param instructions what comes before them
 * @param maxOutputTokens most tokens of the answer
 * @param temperature 0 to 2; 1 unless given
 * @param topP 0 to 1; 1 unless given
 * @param topLogprobs of how many tokens in each place, 0 to 20
 * @param include {@code message.output_text.logprobs} for probabilities
 * @param metadata comes back as it is
 * @param stream whether to stream
 */
record ResponseRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) String model,
    @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            oneOf = {String.class, ResponseRequest.Turn[].class})
        Object input,
    @Nullable String instructions,
    @Schema(minimum = "1") @JsonProperty("max_output_tokens") @Nullable Integer maxOutputTokens,
    @Schema(minimum = "0", maximum = "2") @Nullable Double temperature,
    @Schema(minimum = "0", maximum = "1") @JsonProperty("top_p") @Nullable Double topP,
    @Schema(minimum = "0", maximum = "20") @JsonProperty("top_logprobs")
        @Nullable Integer topLogprobs,
    @Nullable List<String> include,
    @Nullable Map<String, String> metadata,
    @Nullable Boolean stream) {
  private static final String LOGPROBS = "message.output_text.logprobs";
  private static final int MAX_METADATA = 16;
  private static final int MAX_METADATA_CHARS = 512;

  /**
   * A turn.
   *
   * @param role system, developer, user or assistant
   * @param content what was said
   */
  record Turn(
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              allowableValues = {"system", "developer", "user", "assistant"})
          String role,
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) String content) {}

  /** A request, checked, and what its response repeats. */
  record Read(Ask ask, Echo echo) {}

  /** The request in a body; every error names its field. */
  static Read read(Fields fields, List<ServedModel> served, boolean obfuscates) {
    ServedModel model = CommonFields.model(fields, served);
    Optional<String> instructions = fields.text("instructions");
    List<ChatMessage> messages = new ArrayList<>();
    instructions.map(ChatMessage::system).ifPresent(messages::add);
    messages.addAll(input(fields.needed("input")));
    Integer most = CommonFields.tokens(fields, "max_output_tokens", 1);
    double topP = fields.number("top_p", 0, 1).orElse(1);
    int top = logprobs(fields);
    boolean stream = fields.flag("stream", false);
    StreamOptions options = CommonFields.stream(fields, obfuscates);
    Echo echo = new Echo(instructions.orElse(null), topP, metadata(fields));
    var protection = CommonFields.protection(fields, model);
    refuseState(fields);
    var sampling = CommonFields.sampling(fields);
    fields.done();
    int[] prompt = model.generation().conversation(messages);
    Ask ask =
        new Ask(
            model,
            protection,
            List.of(CommonFields.fitting(model, prompt, "input")),
            "input",
            1,
            sampling,
            List.of(),
            most,
            top,
            stream ? options : null);
    return new Read(ask, echo);
  }

  private static void refuseState(Fields fields) {
    // Asked for by name so that the shared fields below, which this endpoint lacks, stay refused.
    for (String absent : List.of("frequency_penalty", "presence_penalty", "logit_bias", "seed")) {
      if (fields.any(absent).isPresent()) {
        throw ApiError.unsupported(absent);
      }
    }
    CommonFields.harmless(fields);
    fields.empty("tools");
    fields.only("tool_choice", "none", "auto");
    fields.only("parallel_tool_calls", true, false);
    fields.only("truncation", "disabled");
    fields.only("background", false);
    fields.only("service_tier", "auto", "default");
    Optional<Fields> text = fields.object("text");
    text.flatMap(t -> t.object("format"))
        .ifPresent(
            format -> {
              format.only("type", "text");
              format.done();
            });
    text.ifPresent(
        t -> {
          t.only("verbosity", "medium");
          t.done();
        });
  }

  private static int logprobs(Fields fields) {
    List<JsonNode> include = fields.array("include", 16);
    for (int i = 0; i < include.size(); i++) {
      String name = "include[%d]".formatted(i);
      if (!Fields.text(name, include.get(i)).equals(LOGPROBS)) {
        throw ApiError.unsupported(name, "'%s' must be %s.".formatted(name, LOGPROBS));
      }
    }
    var top = fields.whole("top_logprobs", 0, AnswerRequest.MAX_TOP_LOGPROBS);
    return include.isEmpty() ? -1 : top.orElse(0);
  }

  private static Map<String, String> metadata(Fields fields) {
    Map<String, String> metadata = new LinkedHashMap<>();
    fields
        .object("metadata")
        .ifPresent(
            given -> {
              if (given.names().size() > MAX_METADATA) {
                throw ApiError.invalid(
                    "metadata",
                    "invalid_value",
                    "'metadata' must have at most %d entries.".formatted(MAX_METADATA));
              }
              for (String name : given.names()) {
                String value = given.neededText(name);
                if (value.length() > MAX_METADATA_CHARS) {
                  throw ApiError.invalid(
                      "metadata",
                      "invalid_value",
                      "'metadata' must have values of at most %d characters."
                          .formatted(MAX_METADATA_CHARS));
                }
                metadata.put(name, value);
              }
            });
    return metadata;
  }

  private static List<ChatMessage> input(JsonNode input) {
    if (input.isString()) {
      return List.of(ChatMessage.user(Fields.text("input", input)));
    }
    List<JsonNode> items = Fields.array("input", input, ChatMessages.MAX_MESSAGES);
    if (items.isEmpty()) {
      throw ApiError.invalid("input", "invalid_value", "'input' must have at least one element.");
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Fields item = Fields.object("input[%d]".formatted(i), items.get(i));
      item.only("type", "message");
      String role = ChatMessages.role(item.name("role"), item.neededText("role"));
      String content =
          ChatMessages.content(
              item.name("content"), item.needed("content"), "input_text", "output_text");
      item.harmless("id", "status");
      item.done();
      messages.add(new ChatMessage(role, content));
    }
    return messages;
  }
}
