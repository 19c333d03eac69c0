package dev.sotto.cli.bench;

import java.util.Arrays;

/** The same thing measured several times. */
record Runs(double[] sorted) {
  static Runs of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Runs(sorted);
  }

  /** The middle one, or the mean of the middle two. */
  double median() {
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  /** (largest − smallest) ÷ median. */
  double spread() {
    double median = median();
    return median == 0 ? 0 : (sorted[sorted.length - 1] - sorted[0]) / median;
  }
}
