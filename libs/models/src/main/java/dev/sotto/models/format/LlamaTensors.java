package dev.sotto.models.format;

import dev.sotto.models.ModelException;
import dev.sotto.nn.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The tensors that a Llama of a given shape has, and the shapes that we are ready to compute. */
final class LlamaTensors {
  /** [rows, columns]; a vector has one row. */
  record Extent(int rows, int columns) {}

  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String FINAL_NORM = "model.norm.weight";
  static final String HEAD = "lm_head.weight";
  static final String LAYER = "model.layers.";

  private LlamaTensors() {}

  /** All tensors of such a model in the order in which they are used. */
  static Map<String, Extent> of(ModelConfig c) {
    Map<String, Extent> all = new LinkedHashMap<>();
    all.put(EMBEDDING, new Extent(c.vocab(), c.hidden()));
    int q = c.heads() * c.headDim();
    int kv = c.kvHeads() * c.headDim();
    for (int i = 0; i < c.layers(); i++) {
      String at = LAYER + i + ".";
      all.put(at + "input_layernorm.weight", new Extent(1, c.hidden()));
      all.put(at + "self_attn.q_proj.weight", new Extent(q, c.hidden()));
      all.put(at + "self_attn.k_proj.weight", new Extent(kv, c.hidden()));
      all.put(at + "self_attn.v_proj.weight", new Extent(kv, c.hidden()));
      all.put(at + "self_attn.o_proj.weight", new Extent(c.hidden(), q));
      all.put(at + "post_attention_layernorm.weight", new Extent(1, c.hidden()));
      all.put(at + "mlp.gate_proj.weight", new Extent(c.ffn(), c.hidden()));
      all.put(at + "mlp.up_proj.weight", new Extent(c.ffn(), c.hidden()));
      all.put(at + "mlp.down_proj.weight", new Extent(c.hidden(), c.ffn()));
    }
    all.put(FINAL_NORM, new Extent(1, c.hidden()));
    if (!c.tiedEmbedding()) {
      all.put(HEAD, new Extent(c.vocab(), c.hidden()));
    }
    return all;
  }

  /**
   * Refuses a model that lacks a tensor, has one of another shape, or has one that we would not
   * compute with.
   */
  static void check(String file, ModelConfig config, Map<String, StoredTensor> found) {
    Map<String, Extent> expected = of(config);
    Set<String> names = expected.keySet();
    for (String name : found.keySet()) {
      if (!names.contains(name)) {
        throw new ModelException(
            "%s: tensor %s belongs to a feature that is not computed (a bias, an adapter, experts?); take a plain Llama model."
                .formatted(file, name));
      }
    }
    expected.forEach(
        (name, extent) -> {
          StoredTensor tensor = found.get(name);
          if (tensor == null) {
            throw new ModelException(
                "%s: tensor %s is missing; fetch the model again.".formatted(file, name));
          }
          if (tensor.rows() != extent.rows() || tensor.columns() != extent.columns()) {
            throw new ModelException(
                "%s: tensor %s is %d × %d where the configuration asks for %d × %d; fetch the model again."
                    .formatted(
                        file,
                        name,
                        tensor.rows(),
                        tensor.columns(),
                        extent.rows(),
                        extent.columns()));
          }
        });
  }
}
