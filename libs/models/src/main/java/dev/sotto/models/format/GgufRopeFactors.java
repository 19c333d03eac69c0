package dev.sotto.models.format;

import dev.sotto.nn.ModelConfig.RopeScaling;

/**
 * Llama 3.1's rotary scaling as GGUF files carry it: a tensor with one divisor per frequency. We
 * keep the formula's parameters instead, so the tensor is matched against the formula and refused
 * if it is another one.
 */
final class GgufRopeFactors {
  static final String TENSOR = "rope_freqs.weight";

  /**
   * The published models of this formula differ in the factor and may differ in the context they
   * were trained for.
   */
  private static final int[] CONTEXTS = {8192, 4096, 2048, 16384, 32768};

  private static final double LOW = 1;
  private static final double HIGH = 4;

  private GgufRopeFactors() {}

  static RopeScaling scaling(GgufFile file, StoredTensor tensor, int headDim, double ropeBase) {
    if (tensor.rows() != 1 || tensor.columns() != headDim / 2 || headDim < 2) {
      throw file.bad(TENSOR, "it does not have one factor per rotary frequency");
    }
    float[] factors = new float[tensor.columns()];
    new StoredRows().read(TENSOR, tensor, 0, factors, 0);
    // The lowest frequency is divided by the whole factor.
    double factor = factors[factors.length - 1];
    for (int context : CONTEXTS) {
      RopeScaling candidate = new RopeScaling(factor, LOW, HIGH, context);
      if (matches(candidate, factors, headDim, ropeBase)) {
        return candidate;
      }
    }
    throw file.bad(
        TENSOR, "its factors are not those of Llama 3.1's scaling, the only one that is computed");
  }

  private static boolean matches(
      RopeScaling scaling, float[] factors, int headDim, double ropeBase) {
    for (int i = 0; i < factors.length; i++) {
      double expected = factor(scaling, Math.pow(ropeBase, -2.0 * i / headDim));
      if (!(Math.abs(factors[i] - expected) <= 1e-3 * expected)) {
        return false;
      }
    }
    return true;
  }

  /**
   * What divides a rotary frequency: 1 above the high corner, the factor below the low one, smooth
   * in between.
   */
  static double factor(RopeScaling s, double frequency) {
    double turns = s.originalContext() * frequency / (2 * Math.PI);
    if (turns > s.highFrequency()) {
      return 1;
    }
    if (turns < s.lowFrequency()) {
      return s.factor();
    }
    double smooth = (turns - s.lowFrequency()) / (s.highFrequency() - s.lowFrequency());
    return 1 / ((1 - smooth) / s.factor() + smooth);
  }
}
