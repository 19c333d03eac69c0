package dev.sotto.nn;

import java.util.SequencedMap;

/**
 * The clear arithmetic, with a look at every wire as it passes. One probe a sequence; what was seen
 * accumulates in a map that several share.
 */
final class RangeProbe implements Arithmetic<ClearTensor> {
  private static final double LOG2_E = 1 / Math.log(2);

  private final ModelConfig config;
  private final SequencedMap<String, Ranges.Range> seen;
  private final Arithmetic<ClearTensor> clear;
  private String last = ""; // where the last value came from: additions have no place of their own

  /**
   * A sequence, not begun.
   *
   * @param first whether the rows are not one sequence, but each the first token of its own
   */
  RangeProbe(LoadedWeights model, SequencedMap<String, Ranges.Range> seen, boolean first) {
    this.config = model.config();
    this.seen = seen;
    this.clear =
        first
            ? new FirstTokens(model, this::sawScores)
            : new ClearArithmetic(model, this::sawScores);
  }

  /** Looks at rows of the embedding. [tokens, hidden] */
  void embedded(ClearTensor h) {
    saw("embed", h, 0, h.width(), 1);
  }

  @Override
  public ClearTensor rmsNorm(String at, ClearTensor h) {
    for (int t = 0; t < h.tokens(); t++) {
      double meanSquare = Functions.meanSquare(h.values(), t * h.width(), h.width());
      saw(at + "/mean_square", meanSquare, meanSquare);
      double scale = 1 / Math.sqrt(meanSquare + config.normEpsilon());
      saw(at + "/unit", h.values(), t * h.width(), h.width(), scale);
    }
    ClearTensor n = clear.rmsNorm(at, h);
    saw(at + "/out", n, 0, n.width(), 1);
    return n;
  }

  @Override
  public ClearTensor linear(String at, ClearTensor x) {
    ClearTensor y = clear.linear(at, x);
    switch (wire(at)) {
      case "qkv" -> {
        sawHeads(at, y, "");
        int keysEnd = config.queryWidth() + config.keyWidth();
        saw(sibling(at, "v"), y, keysEnd, y.width(), 1);
      }
      case "gate_up" -> {
        saw(sibling(at, "gate"), y, 0, y.width() / 2, 1);
        saw(sibling(at, "up"), y, y.width() / 2, y.width(), 1);
      }
      default -> saw(at, y, 0, y.width(), 1);
    }
    last = at;
    return y;
  }

  @Override
  public ClearTensor rope(String at, ClearTensor qkv, Step step) {
    ClearTensor turned = clear.rope(at, qkv, step);
    sawHeads(at, turned, "_rotated");
    return turned;
  }

  @Override
  public ClearTensor attend(String at, ClearTensor qkv, Step step) {
    last = at;
    ClearTensor a = clear.attend(at, qkv, step);
    saw(at, a, 0, a.width(), 1);
    return a;
  }

  @Override
  public ClearTensor siluTimesUp(String at, ClearTensor gateUp) {
    double most = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int t = 0; t < gateUp.tokens(); t++) {
      for (int i = 0; i < gateUp.width() / 2; i++) {
        double silu = Math.abs(Functions.silu(gateUp.at(t, i)));
        most = Math.max(most, silu);
        least = Math.min(least, silu);
      }
    }
    saw(at, least, most);
    ClearTensor d = clear.siluTimesUp(at, gateUp);
    saw(sibling(at, "silu_up"), d, 0, d.width(), 1);
    return d;
  }

  @Override
  public ClearTensor add(ClearTensor a, ClearTensor b) {
    ClearTensor h = clear.add(a, b);
    saw(sibling(last, "residual"), h, 0, h.width(), 1);
    return h;
  }

  @Override
  public ClearTensor lastRow(ClearTensor h) {
    return clear.lastRow(h);
  }

  /** Called from the threads that attend; all of one layer at a time. */
  private void sawScores(double[] scores) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    double near = Double.POSITIVE_INFINITY;
    for (double score : scores) {
      least = Math.min(least, score);
      most = Math.max(most, score);
      near = Math.min(near, Math.abs(score));
    }
    double far = Math.max(Math.abs(least), Math.abs(most)) * LOG2_E;
    double spread = (most - least) * LOG2_E;
    synchronized (seen) {
      saw(sibling(last, "scores"), near * LOG2_E, far);
      saw(sibling(last, "scores_above"), 0, Math.max(0, most * LOG2_E));
      saw(sibling(last, "scores_below"), 0, Math.max(0, -least * LOG2_E));
      saw(sibling(last, "score_spread"), spread, spread);
    }
  }

  private void sawHeads(String at, ClearTensor qkv, String suffix) {
    int queries = config.queryWidth();
    saw(sibling(at, "q" + suffix), qkv, 0, queries, LOG2_E);
    saw(sibling(at, "k" + suffix), qkv, queries, queries + config.keyWidth(), 1);
  }

  private void saw(String place, ClearTensor x, int from, int to, double scale) {
    for (int t = 0; t < x.tokens(); t++) {
      saw(place, x.values(), t * x.width() + from, to - from, scale);
    }
  }

  private void saw(String place, double[] values, int from, int count, double scale) {
    double most = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      double magnitude = Math.abs(values[i]);
      most = Math.max(most, magnitude); // NaN stays NaN
      least = Math.min(least, magnitude);
    }
    saw(place, least * scale, most * scale);
  }

  private void saw(String place, double least, double most) {
    if (!Double.isFinite(most) || !Double.isFinite(least)) {
      throw new IllegalArgumentException(
          "calibration: a value at " + place + " is not finite: are the weights damaged?");
    }
    seen.merge(place, new Ranges.Range(least, most), Ranges.Range::with);
  }

  /** block.3/qkv, q ↦ block.3/q */
  private static String sibling(String at, String wire) {
    return at.substring(0, at.lastIndexOf('/') + 1) + wire;
  }

  private static String wire(String at) {
    return at.substring(at.lastIndexOf('/') + 1);
  }
}
