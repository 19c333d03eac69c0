package dev.sotto.nn;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A made-up checkpoint: the tensors that a config asks for, with values drawn from a seed. */
final class RandomWeights implements Weights {
  private final Map<String, float[][]> tensors = new HashMap<>();
  private final Random random;

  RandomWeights(ModelConfig c, long seed) {
    random = new Random(seed);
    for (int i = 0; i < c.layers(); i++) {
      String p = "model.layers." + i;
      vector(p + ".input_layernorm.weight", c.hidden());
      vector(p + ".post_attention_layernorm.weight", c.hidden());
      matrix(p + ".self_attn.q_proj.weight", c.heads() * c.headDim(), c.hidden());
      matrix(p + ".self_attn.k_proj.weight", c.kvHeads() * c.headDim(), c.hidden());
      matrix(p + ".self_attn.v_proj.weight", c.kvHeads() * c.headDim(), c.hidden());
      matrix(p + ".self_attn.o_proj.weight", c.hidden(), c.heads() * c.headDim());
      matrix(p + ".mlp.gate_proj.weight", c.ffn(), c.hidden());
      matrix(p + ".mlp.up_proj.weight", c.ffn(), c.hidden());
      matrix(p + ".mlp.down_proj.weight", c.hidden(), c.ffn());
    }
    vector("model.norm.weight", c.hidden());
    matrix("model.embed_tokens.weight", c.vocab(), c.hidden());
    if (!c.tiedEmbedding()) {
      matrix("lm_head.weight", c.vocab(), c.hidden());
    }
  }

  float[][] tensor(String name) {
    float[][] tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return tensor;
  }

  void replace(String name, float[][] tensor) {
    tensors.put(name, tensor);
  }

  @Override
  public int rows(String name) {
    return tensor(name).length;
  }

  @Override
  public int columns(String name) {
    return tensor(name)[0].length;
  }

  @Override
  public void read(String name, int row, int count, float[] out) {
    for (int r = 0; r < count; r++) {
      System.arraycopy(tensor(name)[row + r], 0, out, r * columns(name), columns(name));
    }
  }

  private void vector(String name, int columns) {
    float[][] v = new float[1][columns];
    for (int i = 0; i < columns; i++) {
      v[0][i] = (float) (1 + 0.5 * random.nextGaussian());
    }
    tensors.put(name, v);
  }

  private void matrix(String name, int rows, int columns) {
    float[][] m = new float[rows][columns];
    for (float[] row : m) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) (1.5 * random.nextGaussian() / Math.sqrt(columns));
      }
    }
    tensors.put(name, m);
  }
}
