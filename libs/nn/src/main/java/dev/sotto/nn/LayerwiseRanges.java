package dev.sotto.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * Records {@link Ranges} of a model of any size: all sequences pass a layer before the next one is
 * read. What is on the heap at once is one block's weights or {@value #HEAD_TOKENS} of the head's
 * columns, a row of hidden values for every token, and within a layer the values of as many
 * sequences as there are cores. What comes out equals {@link Ranges#record} bit for bit.
 */
public final class LayerwiseRanges {
  private static final int HEAD_TOKENS = 8192;
  private static final int FIRST_TOKENS_AT_ONCE = 512;

  private final ModelConfig config;
  private final Weights weights;
  private final LayerListener listener;
  private final LayerwiseLogits.Sink logits;

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
    final SequencedMap<String, Ranges.Range> seen = new LinkedHashMap<>();
    ClearTensor h; // [tokens, hidden]

    Sequence(boolean first, ClearTensor h) {
      this.first = first;
      this.step = new Step(0, 0, h.tokens());
      this.h = h;
    }

    RangeProbe probe(LoadedWeights model) {
      return new RangeProbe(model, seen, first);
    }
  }

  private LayerwiseRanges(
      ModelConfig config, Weights weights, LayerListener listener, LayerwiseLogits.Sink logits) {
    this.config = config;
    this.weights = weights;
    this.listener = listener;
    this.logits = logits;
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
    return record(config, weights, prompts, firstTokens, listener, (prompt, from, some) -> {});
  }

  /**
   * The same, and gives away the logits that it computes on its way, as {@link LayerwiseLogits}
   * would.
   *
   * @param logits takes those of prompts, numbered as they come in {@code prompts}; of different
   *     prompts at once
   */
  public static Ranges record(
      ModelConfig config,
      Weights weights,
      int[][] prompts,
      int[] firstTokens,
      LayerListener listener,
      LayerwiseLogits.Sink logits) {
    ClearModel.requireHeap(
        ClearModel.blockBytes(config.checked()), Runtime.getRuntime().maxMemory());
    if (prompts.length == 0 && firstTokens.length == 0) {
      throw new IllegalArgumentException("no prompt to calibrate with: give at least one");
    }
    return new LayerwiseRanges(config, weights, listener, logits).run(prompts, firstTokens);
  }

  private Ranges run(int[][] prompts, int[] firstTokens) {
    List<Sequence> sequences = embed(prompts, firstTokens);
    int total = config.layers() + 1;
    for (int layer = 0; layer < config.layers(); layer++) {
      listener.at(layer, total);
      LoadedWeights block = new LoadedWeights(config).block(weights, layer);
      Block<ClearTensor> run = new Block<>(layer);
      sequences.parallelStream().forEach(s -> s.h = run.run(s.probe(block), s.h, s.step));
    }
    listener.at(config.layers(), total);
    LoadedWeights head = new LoadedWeights(config).finalNorm(weights);
    sequences.parallelStream().forEach(s -> s.h = s.probe(head).rmsNorm("head/norm", s.h));
    String tensor = LoadedWeights.headTensor(config);
    Matrix.requireShape(weights, tensor, config.vocab(), config.hidden());
    for (int from = 0; from < config.vocab(); from += HEAD_TOKENS) {
      int first = from;
      int count = Math.min(HEAD_TOKENS, config.vocab() - from);
      head.head(Matrix.readRows(weights, config.hidden(), tensor, from, count));
      IntStream.range(0, sequences.size())
          .parallel()
          .forEach(
              i -> {
                Sequence s = sequences.get(i);
                ClearTensor some = s.probe(head).linear("head/logits", s.h);
                if (!s.first) {
                  logits.take(i, first, some);
                }
              });
    }
    listener.at(total, total);
    return all(sequences);
  }

  private static Ranges all(List<Sequence> sequences) {
    SequencedMap<String, Ranges.Range> all = new LinkedHashMap<>();
    for (Sequence s : sequences) {
      s.seen.forEach((place, range) -> all.merge(place, range, Ranges.Range::with));
    }
    return new Ranges(all);
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
      sequences.add(embed(bounds, false, prompt, 0, prompt.length));
    }
    for (int at = 0; at < firstTokens.length; at += FIRST_TOKENS_AT_ONCE) {
      int count = Math.min(FIRST_TOKENS_AT_ONCE, firstTokens.length - at);
      sequences.add(embed(bounds, true, firstTokens, at, count));
    }
    return sequences;
  }

  private Sequence embed(LoadedWeights bounds, boolean first, int[] tokens, int from, int count) {
    ClearTensor h = ClearTensor.zeros(count, config.hidden());
    float[] row = new float[config.hidden()];
    for (int t = 0; t < count; t++) {
      bounds.requireToken(from + t, tokens[from + t]);
      weights.read(LoadedWeights.EMBEDDING, tokens[from + t], 1, row);
      for (int i = 0; i < row.length; i++) {
        h.values()[t * row.length + i] = row[i];
      }
    }
    Sequence sequence = new Sequence(first, h);
    sequence.probe(bounds).embedded(h);
    return sequence;
  }
}
