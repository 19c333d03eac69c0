package dev.sotto.nn;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model in the clear: its shape and its weights, float32, on the heap (four bytes a weight).
 * Immutable once loaded; several {@link ClearRun}s may share it, each on its own thread.
 */
public final class ClearModel {
  private final ModelConfig config;
  private final Rope rope;
  private final Map<String, Matrix> matrices = new HashMap<>();
  private final Map<String, float[]> gains = new HashMap<>();
  private final Matrix embedding; // [hidden, vocab]

  /**
   * Reads all of a model's weights.
   *
   * @throws IllegalArgumentException if the config is out of its bounds or a tensor's shape is not
   *     the config's; names the field or tensor
   */
  public ClearModel(ModelConfig config, Weights weights) {
    this.config = config.checked();
    requireHeap(weightBytes(config), Runtime.getRuntime().maxMemory());
    rope = new Rope(config);
    int hidden = config.hidden();
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "block." + layer;
      String hf = "model.layers." + layer;
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
          weights,
          at + "/down",
          config.ffn(),
          new Matrix.Part(hf + ".mlp.down_proj.weight", hidden));
    }
    gain(weights, "head/norm", "model.norm.weight");
    embedding = token(weights, "model.embed_tokens.weight");
    matrices.put(
        "head/logits", config.tiedEmbedding() ? embedding : token(weights, "lm_head.weight"));
  }

  /** The model's shape. */
  public ModelConfig config() {
    return config;
  }

  /** Bytes of heap that a model's weights take in the clear. */
  public static long weightBytes(ModelConfig c) {
    long attention = (long) c.hidden() * (c.qkvWidth() + c.queryWidth());
    long block = attention + 3L * c.hidden() * c.ffn() + 2L * c.hidden();
    long embedding = (long) c.vocab() * c.hidden();
    return Float.BYTES
        * (c.layers() * block + (c.tiedEmbedding() ? 1 : 2) * embedding + c.hidden());
  }

  /** A new sequence, without a token yet. */
  public ClearRun start() {
    return new ClearRun(this, new ClearArithmetic(this));
  }

  /**
   * The tokens' rows of the embedding. [tokens] → [tokens, hidden]
   *
   * @throws IllegalArgumentException if there is no token, there are more than the context holds,
   *     or one is outside the vocabulary; says which by its place, not by its value
   */
  public ClearTensor embed(int[] tokens) {
    if (tokens.length == 0) {
      throw new IllegalArgumentException("no token to embed: a prompt needs at least one");
    }
    requireRoom(new Step(0, 0, tokens.length));
    ClearTensor h = ClearTensor.zeros(tokens.length, config.hidden());
    for (int t = 0; t < tokens.length; t++) {
      if (tokens[t] < 0 || tokens[t] >= config.vocab()) {
        throw new IllegalArgumentException(
            ("token number " + t + " is outside the vocabulary of " + config.vocab())
                + ": was it made by another model's tokenizer?");
      }
      embedding.copyRow(tokens[t], h.values(), t * h.width());
    }
    return h;
  }

  /** Residual stream ↦ logits, by {@code a}. [tokens, hidden] → [tokens, vocab] */
  static <V> V head(Arithmetic<V> a, V h) {
    return a.linear("head/logits", a.rmsNorm("head/norm", h));
  }

  Rope rope() {
    return rope;
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

  static void requireHeap(long needed, long heap) {
    if (needed > heap) {
      throw new IllegalArgumentException(
          ("the model's weights take " + (needed >> 20) + " MiB in the clear, but the heap has ")
              + ((heap >> 20) + " MiB: start with a larger heap (-Xmx)"));
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

  private Matrix token(Weights weights, String name) {
    return Matrix.read(weights, config.hidden(), List.of(new Matrix.Part(name, config.vocab())));
  }
}
