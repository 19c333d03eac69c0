package dev.sotto.models;

import dev.sotto.nn.ModelConfig;
import java.io.Closeable;
import java.util.Set;

/**
 * A model's weights, read row by row so that no tensor need fit in memory. Names and layouts are
 * those of Hugging Face's Llama checkpoints ({@code model.layers.3.self_attn.q_proj.weight},
 * [outer, inner]; rotary halves, not pairs), whatever the file's own: a reader of another format
 * translates. Safe for one thread at a time.
 */
public interface TensorSource extends Closeable {
  /** The model's shape. */
  ModelConfig config();

  /** Names of all tensors, as Hugging Face's Llama checkpoints call them. */
  Set<String> names();

  /** Rows of a tensor; 1 for a vector. */
  int rows(String name);

  /** Columns of a tensor. */
  int columns(String name);

  /**
   * Reads {@code count} rows from {@code row}, dequantised, into out[0 … count·columns). Errors
   * name the tensor.
   */
  void read(String name, int row, int count, float[] out);

  /** sha256 over the model's files, hex: what a shard's header and a receipt call the model. */
  String digest();
}
