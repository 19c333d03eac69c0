package dev.sotto.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * A model's logits after each token of a few sequences, of a model of any size: all sequences pass
 * a layer before the next one is read. What is on the heap at once is one block's weights or
 * {@value #HEAD_TOKENS} of the head's columns, and a row of hidden values for every token. What
 * comes out equals {@link ClearRun#eachLogits} bit for bit.
 */
public final class LayerwiseLogits {
  private static final int HEAD_TOKENS = 8192;

  private LayerwiseLogits() {}

  /** Takes logits as they are computed: a part of the vocabulary at a time. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes a part.
     *
     * @param sequence which
     * @param from the first token of the vocabulary in this part
     * @param logits after each of the sequence's tokens. [tokens, part of vocab]
     */
    void take(int sequence, int from, ClearTensor logits);
  }

  /**
   * Runs all sequences, each from an empty cache.
   *
   * @param weights read once; open until it returns
   * @param sequences [batch][tokens], no row empty
   * @throws IllegalArgumentException if something does not fit the model or the heap; names the
   *     place
   */
  public static void each(
      ModelConfig config,
      Weights weights,
      int[][] sequences,
      LayerwiseRanges.LayerListener listener,
      Sink sink) {
    ClearModel.requireHeap(
        ClearModel.blockBytes(config.checked()), Runtime.getRuntime().maxMemory());
    int total = config.layers() + 1;
    List<ClearTensor> hidden = embed(config, weights, sequences); // each [tokens, hidden]
    for (int layer = 0; layer < config.layers(); layer++) {
      listener.at(layer, total);
      LoadedWeights block = new LoadedWeights(config).block(weights, layer);
      Block<ClearTensor> run = new Block<>(layer);
      hidden.replaceAll(h -> run.run(arithmetic(block), h, new Step(0, 0, h.tokens())));
    }
    listener.at(config.layers(), total);
    LoadedWeights head = new LoadedWeights(config).finalNorm(weights);
    hidden.replaceAll(h -> arithmetic(head).rmsNorm("head/norm", h));
    String tensor = LoadedWeights.headTensor(config);
    Matrix.requireShape(weights, tensor, config.vocab(), config.hidden());
    for (int from = 0; from < config.vocab(); from += HEAD_TOKENS) {
      int count = Math.min(HEAD_TOKENS, config.vocab() - from);
      head.head(Matrix.readRows(weights, config.hidden(), tensor, from, count));
      for (int s = 0; s < sequences.length; s++) {
        sink.take(s, from, arithmetic(head).linear("head/logits", hidden.get(s)));
      }
    }
    listener.at(total, total);
  }

  private static ClearArithmetic arithmetic(LoadedWeights model) {
    return new ClearArithmetic(model, scores -> {});
  }

  private static List<ClearTensor> embed(ModelConfig config, Weights weights, int[][] sequences) {
    Matrix.requireShape(weights, LoadedWeights.EMBEDDING, config.vocab(), config.hidden());
    LoadedWeights bounds = new LoadedWeights(config);
    List<ClearTensor> hidden = new ArrayList<>();
    float[] row = new float[config.hidden()];
    for (int[] tokens : sequences) {
      if (tokens.length == 0) {
        throw new IllegalArgumentException("no token to embed: a sequence needs at least one");
      }
      bounds.requireRoom(new Step(0, 0, tokens.length));
      ClearTensor h = ClearTensor.zeros(tokens.length, config.hidden());
      for (int t = 0; t < tokens.length; t++) {
        bounds.requireToken(t, tokens[t]);
        weights.read(LoadedWeights.EMBEDDING, tokens[t], 1, row);
        for (int i = 0; i < row.length; i++) {
          h.values()[t * row.length + i] = row[i];
        }
      }
      hidden.add(h);
    }
    return hidden;
  }
}
