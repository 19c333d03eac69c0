package dev.sotto.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Records {@link Ranges} of a model of any size: all sequences pass a layer before the next one is
 * read. What is on the heap at once is one block's weights or {@value #HEAD_TOKENS} of the head's
 * columns, a row of hidden values for every token, and one sequence's values within a layer. What
 * comes out equals {@link Ranges#record} bit for bit.
 */
public final class LayerwiseRanges {
  private static final int HEAD_TOKENS = 8192;
  private static final int FIRST_TOKENS_AT_ONCE = 512;

  private final ModelConfig config;
  private final Weights weights;
  private final LayerListener listener;
  private final SequencedMap<String, Ranges.Range> seen = new LinkedHashMap<>();

  /** Hears how far a recording is. */
  @FunctionalInterface
  public interface LayerListener {
    /** {@code done} of {@code total} layers are behind; the embedding and the head count as one. */
    void at(int done, int total);
  }

  /** What some tokens are between two layers. */
  private static final class Sequence {
    final boolean first; // each a sequence of its own
    final Step step;
    ClearTensor h; // [tokens, hidden]

    Sequence(boolean first, ClearTensor h) {
      this.first = first;
      this.step = new Step(0, 0, h.tokens());
      this.h = h;
    }
  }

  private LayerwiseRanges(ModelConfig config, Weights weights, LayerListener listener) {
    this.config = config;
    this.weights = weights;
    this.listener = listener;
  }

  /**
   * Runs all prompts, each from an empty cache, and besides every one of {@code firstTokens} as a
   * prompt of one token, many of them together.
   *
   * @param weights read once for each call; open until it returns
   * @param prompts [batch][tokens]
   * @param firstTokens token ids; with {@code prompts} at least one token in all
   * @throws IllegalArgumentException if there is nothing to run, something does not fit the model
   *     or the heap, or a value is not finite; names the place
   */
  public static Ranges record(
      ModelConfig config,
      Weights weights,
      int[][] prompts,
      int[] firstTokens,
      LayerListener listener) {
    ClearModel.requireHeap(
        ClearModel.blockBytes(config.checked()), Runtime.getRuntime().maxMemory());
    if (prompts.length == 0 && firstTokens.length == 0) {
      throw new IllegalArgumentException("no prompt to calibrate with: give at least one");
    }
    return new LayerwiseRanges(config, weights, listener).run(prompts, firstTokens);
  }

  private Ranges run(int[][] prompts, int[] firstTokens) {
    List<Sequence> sequences = embed(prompts, firstTokens);
    int total = config.layers() + 1;
    for (int layer = 0; layer < config.layers(); layer++) {
      listener.at(layer, total);
      LoadedWeights block = new LoadedWeights(config).block(weights, layer);
      for (Sequence s : sequences) {
        s.h = new Block<ClearTensor>(layer).run(new RangeProbe(block, seen, s.first), s.h, s.step);
      }
    }
    listener.at(config.layers(), total);
    LoadedWeights head = new LoadedWeights(config).finalNorm(weights);
    for (Sequence s : sequences) {
      s.h = new RangeProbe(head, seen, s.first).rmsNorm("head/norm", s.h);
    }
    String tensor = LoadedWeights.headTensor(config);
    Matrix.requireShape(weights, tensor, config.vocab(), config.hidden());
    for (int from = 0; from < config.vocab(); from += HEAD_TOKENS) {
      int count = Math.min(HEAD_TOKENS, config.vocab() - from);
      head.head(Matrix.readRows(weights, config.hidden(), tensor, from, count));
      for (Sequence s : sequences) {
        new RangeProbe(head, seen, s.first).linear("head/logits", s.h);
      }
    }
    listener.at(total, total);
    return new Ranges(seen);
  }

  private List<Sequence> embed(int[][] prompts, int[] firstTokens) {
    Matrix.requireShape(weights, LoadedWeights.EMBEDDING, config.vocab(), config.hidden());
    LoadedWeights bounds = new LoadedWeights(config);
    List<Sequence> sequences = new ArrayList<>();
    for (int[] prompt : prompts) {
      if (prompt.length == 0) {
        throw new IllegalArgumentException("no token to embed: a prompt needs at least one");
      }
      bounds.requireRoom(new Step(0, 0, prompt.length));
      sequences.add(new Sequence(false, embed(bounds, prompt, 0, prompt.length)));
    }
    for (int at = 0; at < firstTokens.length; at += FIRST_TOKENS_AT_ONCE) {
      int count = Math.min(FIRST_TOKENS_AT_ONCE, firstTokens.length - at);
      sequences.add(new Sequence(true, embed(bounds, firstTokens, at, count)));
    }
    return sequences;
  }

  private ClearTensor embed(LoadedWeights bounds, int[] tokens, int from, int count) {
    ClearTensor h = ClearTensor.zeros(count, config.hidden());
    float[] row = new float[config.hidden()];
    for (int t = 0; t < count; t++) {
      bounds.requireToken(from + t, tokens[from + t]);
      weights.read(LoadedWeights.EMBEDDING, tokens[from + t], 1, row);
      for (int i = 0; i < row.length; i++) {
        h.values()[t * row.length + i] = row[i];
      }
    }
    new RangeProbe(bounds, seen, false).embedded(h);
    return h;
  }
}
