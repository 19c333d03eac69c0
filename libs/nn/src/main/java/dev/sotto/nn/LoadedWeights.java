package dev.sotto.nn;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of some places of a model, float32, on the heap: of all for a {@link ClearModel}, of
 * one block at a time for a calibration.
 */
final class LoadedWeights {
  static final String EMBEDDING = "model.embed_tokens.weight";

  private final ModelConfig config;
  private final Rope rope;
  private final Map<String, Matrix> matrices = new HashMap<>();
  private final Map<String, float[]> gains = new HashMap<>();

  LoadedWeights(ModelConfig config) {
    this.config = config;
    this.rope = new Rope(config);
  }

  ModelConfig config() {
    return config;
  }

  Rope rope() {
    return rope;
  }

  /** Reads a block's weights. */
  LoadedWeights block(Weights weights, int layer) {
    String at = "block." + layer;
    String hf = "model.layers." + layer;
    int hidden = config.hidden();
    gain(weights, at + "/norm1", hf + ".input_layernorm.weight");
    join(
        weights,
        at + "/qkv",
        hidden,
        new Matrix.Part(hf + ".self_attn.q_proj.weight", config.queryWidth()),
        new Matrix.Part(hf + ".self_attn.k_proj.weight", config.keyWidth()),
        new Matrix.Part(hf + ".self_attn.v_proj.weight", config.keyWidth()));
    join(
        weights,
        at + "/o",
        config.queryWidth(),
        new Matrix.Part(hf + ".self_attn.o_proj.weight", hidden));
    gain(weights, at + "/norm2", hf + ".post_attention_layernorm.weight");
    join(
        weights,
        at + "/gate_up",
        hidden,
        new Matrix.Part(hf + ".mlp.gate_proj.weight", config.ffn()),
        new Matrix.Part(hf + ".mlp.up_proj.weight", config.ffn()));
    join(
        weights, at + "/down", config.ffn(), new Matrix.Part(hf + ".mlp.down_proj.weight", hidden));
    return this;
  }

  /** Reads the final norm. */
  LoadedWeights finalNorm(Weights weights) {
    gain(weights, "head/norm", "model.norm.weight");
    return this;
  }

  /** The tensor that the head multiplies with. */
  static String headTensor(ModelConfig config) {
    return config.tiedEmbedding() ? EMBEDDING : "lm_head.weight";
  }

  /** Gives the head all of its weights, or those of some tokens. */
  LoadedWeights head(Matrix matrix) {
    matrices.put("head/logits", matrix);
    return this;
  }

  /** A tensor of one row a token. [hidden, vocab] */
  Matrix tokens(Weights weights, String name) {
    return Matrix.read(weights, config.hidden(), List.of(new Matrix.Part(name, config.vocab())));
  }

  Matrix matrix(String at) {
    Matrix matrix = matrices.get(at);
    if (matrix == null) {
      throw new IllegalArgumentException("the model has no matrix at " + at);
    }
    return matrix;
  }

  float[] gain(String at) {
    float[] gain = gains.get(at);
    if (gain == null) {
      throw new IllegalArgumentException("the model has no norm at " + at);
    }
    return gain;
  }

  void requireRoom(Step step) {
    if (step.length() > config.context()) {
      throw new IllegalArgumentException(
          (step.length() + " tokens exceed the model's context of " + config.context())
              + ": shorten the prompt or ask for fewer tokens");
    }
  }

  /** Checks a token's id; the complaint says which by its place, not by its value. */
  void requireToken(int place, int token) {
    if (token < 0 || token >= config.vocab()) {
      throw new IllegalArgumentException(
          ("token number " + place + " is outside the vocabulary of " + config.vocab())
              + ": was it made by another model's tokenizer?");
    }
  }

  private void gain(Weights weights, String at, String name) {
    Matrix.requireShape(weights, name, 1, config.hidden());
    float[] gain = new float[config.hidden()];
    weights.read(name, 0, 1, gain);
    gains.put(at, gain);
  }

  private void join(Weights weights, String at, int inner, Matrix.Part... parts) {
    matrices.put(at, Matrix.read(weights, inner, List.of(parts)));
  }
}
