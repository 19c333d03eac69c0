package dev.sotto.models.shard;

import dev.sotto.models.TensorSource;
import dev.sotto.nn.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A model of any size whose weights are computed when they are read. */
final class GeneratedModel implements TensorSource {
  /** Awkward on purpose: no width is a multiple of a panel's. */
  static final ModelConfig SMALL =
      new ModelConfig("llama", 3, 40, 4, 2, 10, 50, 77, 128, 1e-5, 10_000, null, true);

  /** The weight at a row and column of a tensor. */
  @FunctionalInterface
  interface Weights {
    float at(String tensor, int row, int column);
  }

  private final ModelConfig config;
  private final Weights weights;
  private final Map<String, int[]> shapes = new LinkedHashMap<>();

  GeneratedModel(ModelConfig config, Weights weights) {
    this.config = config;
    this.weights = weights;
    int queries = config.heads() * config.headDim();
    int keys = config.kvHeads() * config.headDim();
    put("model.embed_tokens", config.vocab(), config.hidden());
    for (int n = 0; n < config.layers(); n++) {
      String layer = "model.layers." + n + ".";
      put(layer + "input_layernorm", 1, config.hidden());
      put(layer + "post_attention_layernorm", 1, config.hidden());
      put(layer + "self_attn.q_proj", queries, config.hidden());
      put(layer + "self_attn.k_proj", keys, config.hidden());
      put(layer + "self_attn.v_proj", keys, config.hidden());
      put(layer + "self_attn.o_proj", config.hidden(), queries);
      put(layer + "mlp.gate_proj", config.ffn(), config.hidden());
      put(layer + "mlp.up_proj", config.ffn(), config.hidden());
      put(layer + "mlp.down_proj", config.hidden(), config.ffn());
    }
    put("model.norm", 1, config.hidden());
    if (!config.tiedEmbedding()) {
      put("lm_head", config.vocab(), config.hidden());
    }
  }

  /** Weights that look random, of about the size that real ones have. */
  static Weights scattered(long seed) {
    return (tensor, row, column) -> {
      long x = seed * 0x9E3779B97F4A7C15L + tensor.hashCode();
      x = (x ^ row) * 0xBF58476D1CE4E5B9L;
      x = (x ^ (x >>> 29) ^ column) * 0x94D049BB133111EBL;
      float centred = ((x >>> 40) - (1 << 23)) * 0x1p-23f; // [-1, 1)
      return tensor.contains("norm") ? 1 + centred / 2 : centred * 3;
    };
  }

  static ModelConfig untied(ModelConfig c) {
    return new ModelConfig(
        c.architecture(),
        c.layers(),
        c.hidden(),
        c.heads(),
        c.kvHeads(),
        c.headDim(),
        c.ffn(),
        c.vocab(),
        c.context(),
        c.normEpsilon(),
        c.ropeBase(),
        new ModelConfig.RopeScaling(8, 1, 4, 8192),
        false);
  }

  private void put(String tensor, int rows, int columns) {
    shapes.put(tensor + ".weight", new int[] {rows, columns});
  }

  GeneratedModel with(String tensor, int rows, int columns) {
    shapes.put(tensor, new int[] {rows, columns});
    return this;
  }

  GeneratedModel without(String tensor) {
    shapes.remove(tensor);
    return this;
  }

  float weight(String tensor, int row, int column) {
    return weights.at(tensor, row, column);
  }

  long floats() {
    return shapes.values().stream().mapToLong(s -> (long) s[0] * s[1]).sum();
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public Set<String> names() {
    return shapes.keySet();
  }

  @Override
  public int rows(String name) {
    return shape(name)[0];
  }

  @Override
  public int columns(String name) {
    return shape(name)[1];
  }

  @Override
  public void read(String name, int row, int count, float[] out) {
    int columns = columns(name);
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < columns; c++) {
        out[r * columns + c] = weights.at(name, row + r, c);
      }
    }
  }

  @Override
  public String digest() {
    return "5a".repeat(32);
  }

  @Override
  public void close() {}

  private int[] shape(String name) {
    int[] shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return shape;
  }
}
