package dev.sotto.nn;

import java.util.HashMap;
import java.util.Map;

/**
 * Layers in the clear: the oracle of the shared arithmetic. Weights are float32 as the model file
 * gives them, sums float64. Holds one sequence's cache; safe for one thread at a time.
 *
 * <p>Claims no privacy: it sees everything. It belongs to the publisher and to tests.
 */
public final class ClearArithmetic implements Arithmetic<ClearTensor> {
  private final LoadedWeights model;
  private final KeyValues.ScoreProbe probe;
  private final Map<String, KeyValues> cache = new HashMap<>();

  /** An empty cache over {@code model}'s weights. */
  public ClearArithmetic(ClearModel model) {
    this(model.loaded(), scores -> {});
  }

  ClearArithmetic(LoadedWeights model, KeyValues.ScoreProbe probe) {
    this.model = model;
    this.probe = probe;
  }

  @Override
  public ClearTensor rmsNorm(String at, ClearTensor h) {
    float[] gain = model.gain(at);
    requireWidth(at, h, gain.length);
    ClearTensor out = ClearTensor.zeros(h.tokens(), h.width());
    for (int t = 0; t < h.tokens(); t++) {
      Functions.rmsNorm(
          h.values(), t * h.width(), gain, model.config().normEpsilon(), out.values());
    }
    return out;
  }

  @Override
  public ClearTensor linear(String at, ClearTensor x) {
    Matrix matrix = model.matrix(at);
    requireWidth(at, x, matrix.inner());
    return matrix.multiply(x);
  }

  @Override
  public ClearTensor rope(String at, ClearTensor qkv, Step step) {
    ModelConfig config = model.config();
    requireStep(at, qkv, step);
    ClearTensor out = new ClearTensor(qkv.tokens(), qkv.width(), qkv.values().clone());
    for (int t = 0; t < step.tokens(); t++) {
      double[] cosines = model.rope().cosines(step.position() + t);
      double[] sines = model.rope().sines(step.position() + t);
      for (int head = 0; head < config.heads() + config.kvHeads(); head++) {
        Rope.turn(out.values(), t * out.width() + head * config.headDim(), cosines, sines);
      }
    }
    return out;
  }

  @Override
  public ClearTensor attend(String at, ClearTensor qkv, Step step) {
    requireStep(at, qkv, step);
    KeyValues held = cache.computeIfAbsent(at, name -> new KeyValues(model.config()));
    if (held.length() != step.position()) {
      throw new IllegalArgumentException(
          (at + ": the cache holds " + held.length() + " tokens, but the step is at position ")
              + (step.position() + ": steps follow each other without a gap"));
    }
    held.append(qkv);
    return held.attend(qkv, probe);
  }

  @Override
  public ClearTensor siluTimesUp(String at, ClearTensor gateUp) {
    int ffn = gateUp.width() / 2;
    requireWidth(at, gateUp, 2 * ffn);
    ClearTensor out = ClearTensor.zeros(gateUp.tokens(), ffn);
    for (int t = 0; t < gateUp.tokens(); t++) {
      for (int i = 0; i < ffn; i++) {
        out.values()[t * ffn + i] = Functions.silu(gateUp.at(t, i)) * gateUp.at(t, ffn + i);
      }
    }
    return out;
  }

  @Override
  public ClearTensor add(ClearTensor a, ClearTensor b) {
    if (a.tokens() != b.tokens() || a.width() != b.width()) {
      throw new IllegalArgumentException("cannot add " + a + " and " + b);
    }
    double[] sum = a.values().clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b.values()[i];
    }
    return new ClearTensor(a.tokens(), a.width(), sum);
  }

  @Override
  public ClearTensor lastRow(ClearTensor h) {
    double[] row = new double[h.width()];
    System.arraycopy(h.values(), (h.tokens() - 1) * h.width(), row, 0, row.length);
    return new ClearTensor(1, h.width(), row);
  }

  private void requireStep(String at, ClearTensor qkv, Step step) {
    requireWidth(at, qkv, model.config().qkvWidth());
    if (qkv.tokens() != step.tokens()) {
      throw new IllegalArgumentException(
          at + ": " + qkv + " does not have the step's " + step.tokens() + " tokens");
    }
    model.requireRoom(step);
  }

  private static void requireWidth(String at, ClearTensor x, int width) {
    if (x.width() != width) {
      throw new IllegalArgumentException(at + ": expected rows of " + width + ", got " + x);
    }
  }
}
