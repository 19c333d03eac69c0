package dev.sotto.nn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How large products of a norm's output can become, whatever the prompt: a normalised row has at
 * most the length √hidden (its mean square is at most 1 before γ), so that x·w is at most √hidden
 * times the length of the column γ∘w (Cauchy–Schwarz).
 */
public final class ColumnBounds {
  /** Of what a norm in fixed point may exceed its length by. */
  private static final double ROUNDING = 1.002;

  private static final int ROWS_PER_READ = 64;

  private ColumnBounds() {}

  /**
   * Bounds of the feed-forward layer's inputs over all blocks, by the names that a calibration has
   * for them: {@code gate} and {@code up}.
   */
  public static Map<String, Double> feedForward(ModelConfig config, Weights weights) {
    double gate = 0;
    double up = 0;
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "model.layers." + layer;
      float[] gain = new float[config.hidden()];
      weights.read(at + ".post_attention_layernorm.weight", 0, 1, gain);
      gate = Math.max(gate, longest(weights, at + ".mlp.gate_proj.weight", config.ffn(), gain));
      up = Math.max(up, longest(weights, at + ".mlp.up_proj.weight", config.ffn(), gain));
    }
    double row = ROUNDING * Math.sqrt(config.hidden());
    Map<String, Double> bounds = new LinkedHashMap<>();
    bounds.put("gate", row * gate);
    bounds.put("up", row * up);
    return bounds;
  }

  /** The largest magnitude that the embedding holds: what look-ups can give, seen or not. */
  public static double embedding(ModelConfig config, Weights weights) {
    float[] read = new float[Math.multiplyExact(ROWS_PER_READ, config.hidden())];
    double most = 0;
    for (int row = 0; row < config.vocab(); row += ROWS_PER_READ) {
      int count = Math.min(ROWS_PER_READ, config.vocab() - row);
      weights.read("model.embed_tokens.weight", row, count, read);
      for (int i = 0; i < count * config.hidden(); i++) {
        most = Math.max(most, Math.abs(read[i]));
      }
    }
    return most;
  }

  private static double longest(Weights weights, String tensor, int rows, float[] gain) {
    return Arrays.stream(lengths(weights, tensor, rows, gain)).max().orElse(0);
  }

  /**
   * The lengths of a matrix's columns with a norm's factors folded in, which are a tensor's rows.
   *
   * @param gain the factors; as many as a row has values
   */
  public static double[] lengths(Weights weights, String tensor, int rows, float[] gain) {
    double[] lengths = new double[rows];
    float[] read = new float[Math.multiplyExact(ROWS_PER_READ, gain.length)];
    for (int row = 0; row < rows; row += ROWS_PER_READ) {
      int count = Math.min(ROWS_PER_READ, rows - row);
      weights.read(tensor, row, count, read);
      for (int r = 0; r < count; r++) {
        double sum = 0;
        for (int i = 0; i < gain.length; i++) {
          double w = (double) read[r * gain.length + i] * gain[i];
          sum += w * w;
        }
        lengths[row + r] = Math.sqrt(sum);
      }
    }
    return lengths;
  }
}
