package dev.sotto.nn;

import org.apache.commons.numbers.gamma.Erfc;

/** Layer functions in the clear, float64: what protocols are tested against. */
public final class Functions {
  private Functions() {}

  /** x·sigmoid(x). Any finite x. */
  public static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  /** 1/(1 + e^−x), without losing small results. */
  public static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** x·Φ(x), the exact GELU (Hendrycks and Gimpel, arXiv 1606.08415). */
  public static double gelu(double x) {
    // By erfc, so that no digit cancels where Φ is small.
    return x * 0.5 * Erfc.value(-x / Math.sqrt(2));
  }

  /** The tanh approximation of GELU: x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
  public static double geluTanh(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  /**
   * x ↦ softmax(x), in place.
   *
   * @param x at least one finite value
   */
  public static void softmax(double[] x) {
    double max = Double.NEGATIVE_INFINITY;
    for (double v : x) {
      max = Math.max(max, v);
    }
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = 0; i < x.length; i++) {
      x[i] /= sum;
    }
  }

  /** mean(x[from … from+count)²). */
  public static double meanSquare(double[] x, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += x[i] * x[i];
    }
    return sum / count;
  }

  /** out[i] = γ[i]·x[i]/√(mean(x²) + ε) over a row of γ's length that starts at {@code from}. */
  public static void rmsNorm(double[] x, int from, float[] gain, double epsilon, double[] out) {
    double scale = 1 / Math.sqrt(meanSquare(x, from, gain.length) + epsilon);
    for (int i = 0; i < gain.length; i++) {
      out[from + i] = gain[i] * (x[from + i] * scale);
    }
  }

  /**
   * out[i] = γ[i]·(x[i] − mean)/√(variance + ε) + β[i], the variance divided by the count (Ba et
   * al., arXiv 1607.06450). All four of one length.
   */
  public static void layerNorm(
      double[] x, double[] gain, double[] bias, double epsilon, double[] out) {
    double mean = 0;
    for (double v : x) {
      mean += v;
    }
    mean /= x.length;
    double variance = 0;
    for (double v : x) {
      variance += (v - mean) * (v - mean);
    }
    variance /= x.length;
    double scale = 1 / Math.sqrt(variance + epsilon);
    for (int i = 0; i < x.length; i++) {
      out[i] = gain[i] * (x[i] - mean) * scale + bias[i];
    }
  }
}
