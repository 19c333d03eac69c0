package dev.sotto.nn;

import org.jspecify.annotations.Nullable;

/**
 * The shape of a Llama-family decoder: pre-norm blocks of grouped-query attention with rotary
 * positions and a SiLU-gated feed-forward network.
 *
 * @param architecture the family's name as model files give it, e.g. {@code llama}
 * @param layers blocks
 * @param hidden width of the residual stream
 * @param heads query heads
 * @param kvHeads key-value heads; divides {@code heads}
 * @param headDim width of a head
 * @param ffn width of the feed-forward network
 * @param vocab tokens in the vocabulary
 * @param context longest sequence in tokens
 * @param normEpsilon RMSNorm's epsilon
 * @param ropeBase base of the rotary angles
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

  /** Llama 3.1's scaling of low rotary frequencies (config.json, rope_scaling of type llama3). */
  public record RopeScaling(
      double factor, double lowFrequency, double highFrequency, int originalContext) {}
}
