package dev.sotto.nn;

/**
 * A model in the clear: its shape and its weights, float32, on the heap (four bytes a weight).
 * Immutable once loaded; several {@link ClearRun}s may share it, each on its own thread.
 */
public final class ClearModel {
  private final LoadedWeights loaded;
  private final Matrix embedding; // [hidden, vocab]

  /**
   * Reads all of a model's weights.
   *
   * @throws IllegalArgumentException if the config is out of its bounds or a tensor's shape is not
   *     the config's; names the field or tensor
   */
  public ClearModel(ModelConfig config, Weights weights) {
    requireHeap(weightBytes(config.checked()), Runtime.getRuntime().maxMemory());
    loaded = new LoadedWeights(config);
    for (int layer = 0; layer < config.layers(); layer++) {
      loaded.block(weights, layer);
    }
    loaded.finalNorm(weights);
    embedding = loaded.tokens(weights, LoadedWeights.EMBEDDING);
    loaded.head(
        config.tiedEmbedding()
            ? embedding
            : loaded.tokens(weights, LoadedWeights.headTensor(config)));
  }

  /** The model's shape. */
  public ModelConfig config() {
    return loaded.config();
  }

  /** Bytes of heap that a model's weights take in the clear. */
  public static long weightBytes(ModelConfig c) {
    long embedding = (long) c.vocab() * c.hidden();
    return c.layers() * blockBytes(c)
        + Float.BYTES * ((c.tiedEmbedding() ? 1 : 2) * embedding + c.hidden());
  }

  /** Bytes of heap that one block's weights take in the clear. */
  static long blockBytes(ModelConfig c) {
    long attention = (long) c.hidden() * (c.qkvWidth() + c.queryWidth());
    return Float.BYTES * (attention + 3L * c.hidden() * c.ffn() + 2L * c.hidden());
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
    loaded.requireRoom(new Step(0, 0, tokens.length));
    ClearTensor h = ClearTensor.zeros(tokens.length, config().hidden());
    for (int t = 0; t < tokens.length; t++) {
      loaded.requireToken(t, tokens[t]);
      embedding.copyRow(tokens[t], h.values(), t * h.width());
    }
    return h;
  }

  /** Residual stream ↦ logits, by {@code a}. [tokens, hidden] → [tokens, vocab] */
  static <V> V head(Arithmetic<V> a, V h) {
    return a.linear("head/logits", a.rmsNorm("head/norm", h));
  }

  LoadedWeights loaded() {
    return loaded;
  }

  static void requireHeap(long needed, long heap) {
    if (needed > heap) {
      throw new IllegalArgumentException(
          ("the model's weights take " + (needed >> 20) + " MiB in the clear, but the heap has ")
              + ((heap >> 20) + " MiB: start with a larger heap (-Xmx)"));
    }
  }
}
