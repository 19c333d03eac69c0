package dev.sotto.models.format;

import dev.sotto.models.ConfigBounds;
import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.ModelConfig.RopeScaling;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The shape of a Llama from Hugging Face's {@code config.json}; features that are not computed are
 * refused by name.
 */
final class HubConfig {
  private static final String ARCHITECTURE = "LlamaForCausalLM";

  private HubConfig() {}

  static ModelConfig read(StrictJson json) {
    JsonNode architectures = json.node().path("architectures");
    String architecture =
        architectures.isArray() && architectures.size() == 1
            ? architectures.get(0).asString("")
            : "";
    if (!architecture.equals(ARCHITECTURE)) {
      throw new ModelException(
          "%s: architectures: %s is not computed; take a model of the architecture %s."
              .formatted(
                  json.file(),
                  architecture.isEmpty() ? "no single one" : StrictJson.printable(architecture),
                  ARCHITECTURE));
    }
    refuse(json, "attention_bias", "biases are not computed");
    refuse(json, "mlp_bias", "biases are not computed");
    for (String field : new String[] {"quantization_config", "sliding_window"}) {
      if (json.has(field)) {
        throw json.bad(field, "it is not computed");
      }
    }
    String act = json.text("hidden_act");
    if (act != null && !act.equals("silu")) {
      throw json.bad("hidden_act", StrictJson.printable(act) + " is not computed, only silu is");
    }
    if (json.real("partial_rotary_factor", 1) != 1) {
      throw json.bad("partial_rotary_factor", "partly rotated heads are not computed");
    }
    int hidden = json.whole("hidden_size");
    int heads = json.whole("num_attention_heads");
    int headDim = json.whole("head_dim", heads == 0 ? 0 : hidden / heads);
    if (!json.has("head_dim") && heads != 0 && hidden % heads != 0) {
      throw json.bad("num_attention_heads", heads + " do not divide the hidden size");
    }
    // Newer files put both into one object.
    StrictJson rope = json.object("rope_parameters");
    StrictJson scaling = rope == null ? json.object("rope_scaling") : rope;
    double base = rope == null ? json.real("rope_theta", 10_000) : rope.real("rope_theta", 10_000);
    return ConfigBounds.check(
        json.file(),
        new ModelConfig(
            "llama",
            json.whole("num_hidden_layers"),
            hidden,
            heads,
            json.whole("num_key_value_heads", heads),
            headDim,
            json.whole("intermediate_size"),
            json.whole("vocab_size"),
            json.whole("max_position_embeddings"),
            json.real("rms_norm_eps", 0),
            base,
            scaling(scaling),
            json.flag("tie_word_embeddings", false)));
  }

  private static @Nullable RopeScaling scaling(@Nullable StrictJson json) {
    if (json == null) {
      return null;
    }
    String type = json.text("rope_type");
    if (type == null) {
      type = json.text("type");
    }
    return switch (type) {
      case "default" -> null;
      case "llama3" ->
          new RopeScaling(
              json.real("factor", 0),
              json.real("low_freq_factor", 0),
              json.real("high_freq_factor", 0),
              json.whole("original_max_position_embeddings"));
      case null -> throw json.bad("rope_scaling.rope_type", "it is missing");
      default ->
          throw json.bad(
              "rope_scaling.rope_type",
              StrictJson.printable(type) + " is not computed, only llama3 is");
    };
  }

  private static void refuse(StrictJson json, String field, String problem) {
    if (json.flag(field, false)) {
      throw json.bad(field, problem);
    }
  }
}
