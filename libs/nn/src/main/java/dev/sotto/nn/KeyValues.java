package dev.sotto.nn;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One layer's keys and values in the clear, and attention over them. Held in float32, as
 * Transformers holds them; sums in float64. Keys lie transposed, so that both scores and weighted
 * values are sums of rows.
 */
final class KeyValues {
  private final ModelConfig config;
  private final float[][] keys; // [kvHeads][headDim · capacity]
  private final float[][] values; // [kvHeads][capacity · headDim]
  private final int least; // tokens to make room for at first
  private int capacity;
  private int length;

  KeyValues(ModelConfig config) {
    this(config, 64);
  }

  KeyValues(ModelConfig config, int least) {
    this.config = config;
    this.least = least;
    keys = new float[config.kvHeads()][0];
    values = new float[config.kvHeads()][0];
  }

  /** Tokens held. */
  int length() {
    return length;
  }

  /** Appends the keys and values of a rotated joint projection. [tokens, qkvWidth] */
  void append(ClearTensor qkv) {
    reserve(length + qkv.tokens());
    int headDim = config.headDim();
    for (int t = 0; t < qkv.tokens(); t++, length++) {
      for (int g = 0; g < config.kvHeads(); g++) {
        int key = t * qkv.width() + config.queryWidth() + g * headDim;
        int value = key + config.keyWidth();
        for (int d = 0; d < headDim; d++) {
          keys[g][d * capacity + length] = (float) qkv.values()[key + d];
          values[g][length * headDim + d] = (float) qkv.values()[value + d];
        }
      }
    }
  }

  /**
   * softmax(q·kᵀ/√headDim)·v for the last rows held, each over the tokens up to its own. [tokens,
   * qkvWidth] → [tokens, queryWidth]
   *
   * @param probe sees each row's scores before the softmax; called from several threads
   */
  ClearTensor attend(ClearTensor qkv, ScoreProbe probe) {
    int heads = config.heads();
    ClearTensor out = ClearTensor.zeros(qkv.tokens(), config.queryWidth());
    IntStream.range(0, qkv.tokens() * heads)
        .parallel()
        .forEach(row -> attend(qkv, row / heads, row % heads, out, probe));
    return out;
  }

  private void attend(ClearTensor qkv, int t, int head, ClearTensor out, ScoreProbe probe) {
    int headDim = config.headDim();
    int g = head / (config.heads() / config.kvHeads());
    int seen = length - qkv.tokens() + t + 1; // causal: up to the row's own token
    double[] scores = new double[seen];
    int query = t * qkv.width() + head * headDim;
    Axpy.add(scores, 0, seen, keys[g], 0, capacity, qkv.values(), query, headDim);
    double scale = 1 / Math.sqrt(headDim);
    for (int j = 0; j < seen; j++) {
      scores[j] *= scale;
    }
    probe.saw(scores);
    Functions.softmax(scores);
    int at = t * out.width() + head * headDim;
    Axpy.add(out.values(), at, headDim, values[g], 0, headDim, scores, 0, seen);
  }

  private void reserve(int tokens) {
    if (tokens <= capacity) {
      return;
    }
    int grown = Math.min(config.context(), Math.max(least, Math.max(tokens, 2 * capacity)));
    int headDim = config.headDim();
    for (int g = 0; g < config.kvHeads(); g++) {
      float[] wider = new float[Math.multiplyExact(headDim, grown)];
      for (int d = 0; d < headDim; d++) {
        System.arraycopy(keys[g], d * capacity, wider, d * grown, length);
      }
      keys[g] = wider;
      values[g] = Arrays.copyOf(values[g], grown * headDim);
    }
    capacity = grown;
  }

  /** Sees scores as attention computes them. */
  interface ScoreProbe {
    /** One row's scores after 1/√headDim, natural units. Not to be kept or changed. */
    void saw(double[] scores);
  }
}
