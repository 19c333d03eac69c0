package dev.sotto.openai.answer;

import dev.sotto.client.Sampling;
import dev.sotto.client.StopStrings;
import dev.sotto.contracts.Protection;
import dev.sotto.openai.ServedModel;
import dev.sotto.openai.error.ApiError;
import dev.sotto.openai.json.Fields;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The fields that several endpoints share. */
public final class CommonFields {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MAX_STOPS = 4;
  private static final int MAX_TOKENS = 1 << 20;
  private static final int MAX_VOCAB = 1 << 20;

  private CommonFields() {}

  /** The model that is named; 404 if there is none. */
  public static ServedModel model(Fields fields, List<ServedModel> served) {
    String name = fields.neededText("model");
    return served.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(() -> ApiError.noModel(name, "model"));
  }

  /** What {@code x_sotto.protection} asks for, or the model's usual protection. */
  public static Protection protection(Fields fields, ServedModel model) {
    Optional<Fields> own = fields.object("x_sotto");
    Optional<String> label = own.flatMap(sotto -> sotto.text("protection"));
    own.ifPresent(Fields::done);
    if (label.isEmpty()) {
      return model.protections().getFirst();
    }
    return model.protections().stream()
        .filter(p -> p.label().equals(label.get()))
        .findFirst()
        .orElseThrow(
            () ->
                ApiError.unsupported(
                    "x_sotto.protection",
                    "'x_sotto.protection' must be one of those that the model is served under: %s."
                        .formatted(
                            model.protections().stream()
                                .map(Protection::label)
                                .collect(Collectors.joining(", ")))));
  }

  /** How tokens are chosen; {@code temperature} and {@code top_p} are 1 unless given. */
  public static Sampling sampling(Fields fields) {
    double topP = fields.number("top_p", 0, 1).orElse(1);
    return new Sampling(
        fields.number("temperature", 0, 2).orElse(1),
        0,
        topP == 0 ? Double.MIN_VALUE : topP, // the likeliest token alone
        1,
        fields.number("frequency_penalty", -2, 2).orElse(0),
        fields.number("presence_penalty", -2, 2).orElse(0),
        bias(fields),
        fields
            .wholeLong("seed", Long.MIN_VALUE, Long.MAX_VALUE)
            .orElseGet(() -> RANDOM.nextLong()));
  }

  private static Map<Integer, Double> bias(Fields fields) {
    Optional<Fields> given = fields.object("logit_bias");
    if (given.isEmpty()) {
      return Map.of();
    }
    List<String> names = given.get().names();
    if (names.size() > Sampling.MAX_BIASES) {
      throw ApiError.invalid(
          "logit_bias",
          "invalid_value",
          "'logit_bias' must have at most %d entries.".formatted(Sampling.MAX_BIASES));
    }
    Map<Integer, Double> bias = new HashMap<>();
    for (String name : names) {
      if (!name.matches("[0-9]{1,7}") || Integer.parseInt(name) >= MAX_VOCAB) {
        throw ApiError.invalid(
            "logit_bias", "invalid_value", "'logit_bias' must have token ids as its keys.");
      }
      given
          .get()
          .number(name, -100, 100)
          .ifPresent(value -> bias.put(Integer.parseInt(name), value));
    }
    return bias;
  }

  /** Strings before which an answer ends: one, or a list of up to four. */
  public static List<String> stops(Fields fields) {
    Optional<JsonNode> given = fields.any("stop");
    List<String> stops = new ArrayList<>();
    if (given.isPresent() && given.get().isString()) {
      stops.add(Fields.text("stop", given.get()));
    } else if (given.isPresent()) {
      for (JsonNode stop : Fields.array("stop", given.get(), MAX_STOPS)) {
        stops.add(Fields.text("stop", stop));
      }
    }
    new StopStrings(stops); // refuses what is too long or empty
    return stops;
  }

  /** A bound on tokens, at least {@code least}; null unless given. */
  public static @Nullable Integer tokens(Fields fields, String name, int least) {
    var value = fields.whole(name, least, MAX_TOKENS);
    return value.isPresent() ? value.getAsInt() : null;
  }

  /** How to stream, or null for one body at the end. */
  public static @Nullable StreamOptions stream(Fields fields, boolean obfuscates) {
    boolean stream = fields.flag("stream", false);
    Optional<Fields> given = fields.object("stream_options");
    if (given.isPresent() && !stream) {
      throw ApiError.invalid(
          "stream_options",
          "invalid_value",
          "'stream_options' is only for requests with 'stream' set to true.");
    }
    boolean usage = false;
    boolean obfuscation = obfuscates;
    if (given.isPresent()) {
      Fields options = given.get();
      usage = options.flag("include_usage", false);
      obfuscation = options.flag("include_obfuscation", obfuscates);
      options.harmless("continuous_usage_stats");
      options.done();
    }
    return stream ? new StreamOptions(usage, obfuscation) : null;
  }

  /** What changes nothing that is answered here. */
  public static void harmless(Fields fields) {
    fields.harmless("user", "metadata", "store", "ignore_eos");
  }

  /** A prompt that leaves room for an answer; 400 otherwise. */
  public static int[] fitting(ServedModel model, int[] prompt, String field) {
    if (prompt.length >= model.context()) {
      throw ApiError.invalid(
          field,
          "context_length_exceeded",
          "'%s' has %d tokens, but %d fit, the answer included; shorten it."
              .formatted(field, prompt.length, model.context()));
    }
    return prompt;
  }
}
