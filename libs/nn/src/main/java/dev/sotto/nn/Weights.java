package dev.sotto.nn;

/**
 * Where weights come from, row by row. Names and layouts are those of Hugging Face's Llama
 * checkpoints: {@code model.layers.3.self_attn.q_proj.weight}, [outer, inner], rotary halves. An
 * implementation's errors name the tensor.
 */
public interface Weights {
  /** Rows of a tensor; 1 for a vector. */
  int rows(String name);

  /** Columns of a tensor. */
  int columns(String name);

  /** Reads {@code count} rows from {@code row} on into out[0 … count·columns). */
  void read(String name, int row, int count, float[] out);
}
