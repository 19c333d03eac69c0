package dev.sotto.nn;

import org.jspecify.annotations.Nullable;

/**
 * The shape of a Llama-family decoder: pre-norm blocks of grouped-query attention with rotary
 * positions and a SiLU-gated feed-forward network.
 *
 * <p>A config may come from a stranger's file. Whoever reads one checks it, by {@link #checked} or
 * with words of its own, before anything is sized by it.
 *
 * @param architecture the family's name as model files give it, e.g. {@code llama}
 * @param layers blocks, 1 … 1,024
 * @param hidden width of the residual stream, 1 … 131,072
 * @param heads query heads, 1 … 1,024
 * @param kvHeads key-value heads; divides {@code heads}
 * @param headDim width of a head; even, since rotary positions turn pairs, 2 … 1,024
 * @param ffn width of the feed-forward network, 1 … 1,048,576
 * @param vocab tokens in the vocabulary, 1 … 4,194,304
 * @param context longest sequence in tokens, 1 … 16,777,216
 * @param normEpsilon RMSNorm's epsilon, in (0, 1]
 * @param ropeBase base of the rotary angles, 1 … 10^12
 * @param ropeScaling Llama 3.1's frequency scaling, or null
 * @param tiedEmbedding whether the output projection is the embedding
 */
public record ModelConfig(
    String architecture,
    int layers,
    int hidden,
    int heads,
    int kvHeads,
    int headDim,
    int ffn,
    int vocab,
    int context,
    double normEpsilon,
    double ropeBase,
    @Nullable RopeScaling ropeScaling,
    boolean tiedEmbedding) {

  /**
   * This config, if every field is within its bounds.
   *
   * @throws IllegalArgumentException if one is not; with the field's name, its bounds and the value
   */
  public ModelConfig checked() {
    whole("layers", layers, 1 << 10);
    whole("hidden", hidden, 1 << 17);
    whole("heads", heads, 1 << 10);
    whole("kvHeads", kvHeads, heads);
    whole("headDim", headDim, 1 << 10);
    whole("ffn", ffn, 1 << 20);
    whole("vocab", vocab, 1 << 22);
    whole("context", context, 1 << 24);
    if (heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "model config: kvHeads must divide heads (" + heads + "), but is " + kvHeads);
    }
    if (headDim % 2 != 0) {
      throw new IllegalArgumentException("model config: headDim must be even, but is " + headDim);
    }
    real("normEpsilon", normEpsilon, Double.MIN_NORMAL, 1);
    real("ropeBase", ropeBase, 1, 1e12);
    if (ropeScaling != null) {
      ropeScaling.check();
    }
    return this;
  }

  /** Width of the joint query, key and value projection: (heads + 2·kvHeads)·headDim. */
  public int qkvWidth() {
    return (heads + 2 * kvHeads) * headDim;
  }

  /** Width of all query heads together: heads·headDim. */
  public int queryWidth() {
    return heads * headDim;
  }

  /** Width of all key heads together: kvHeads·headDim. */
  public int keyWidth() {
    return kvHeads * headDim;
  }

  /**
   * Llama 3.1's scaling of low rotary frequencies (config.json, rope_scaling of type llama3).
   *
   * @param factor by how much frequencies below {@code lowFrequency} are slowed, 1 … 10^6
   * @param lowFrequency turns over the original context below which a frequency counts as low; in
   *     (0, 10^6]
   * @param highFrequency turns over the original context above which a frequency is left alone;
   *     greater than {@code lowFrequency}
   * @param originalContext tokens of context that the frequencies were first trained for
   */
  public record RopeScaling(
      double factor, double lowFrequency, double highFrequency, int originalContext) {
    private void check() {
      real("ropeScaling.factor", factor, 1, 1e6);
      real("ropeScaling.lowFrequency", lowFrequency, Double.MIN_NORMAL, 1e6);
      real("ropeScaling.highFrequency", highFrequency, Double.MIN_NORMAL, 1e6);
      whole("ropeScaling.originalContext", originalContext, 1 << 24);
      if (highFrequency <= lowFrequency) {
        throw new IllegalArgumentException(
            "model config: ropeScaling.highFrequency must exceed lowFrequency ("
                + lowFrequency
                + "), but is "
                + highFrequency);
      }
    }
  }

  private static void whole(String field, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "model config: " + field + " must be 1 … " + most + ", but is " + value);
    }
  }

  private static void real(String field, double value, double least, double most) {
    if (!(value >= least && value <= most)) { // NaN fails too
      throw new IllegalArgumentException(
          "model config: " + field + " must be " + least + " … " + most + ", but is " + value);
    }
  }
}
