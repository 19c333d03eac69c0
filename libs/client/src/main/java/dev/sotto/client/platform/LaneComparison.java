package dev.sotto.client.platform;

import java.util.List;

/**
 * Whether lanes that computed the same step agree. Each lane rounds for itself, so honest ones
 * differ a little; ADR 0007 says how much and why the bound is where it is.
 */
final class LaneComparison {
  /** Most that two lanes' mean-centred logits may differ at any token. */
  static final float BOUND = 0.5f;

  private LaneComparison() {}

  /** Whether all are within the bound of the first; each [vocab], as opened. */
  static boolean agree(List<float[]> lanes) {
    float[] first = lanes.getFirst();
    double mean = mean(first);
    for (float[] other : lanes.subList(1, lanes.size())) {
      if (other.length != first.length || differ(first, mean, other)) {
        return false;
      }
    }
    return true;
  }

  private static boolean differ(float[] first, double mean, float[] other) {
    double otherMean = mean(other);
    double largest = 0;
    for (int i = 0; i < first.length; i++) {
      largest = Math.max(largest, Math.abs((first[i] - mean) - (other[i] - otherMean)));
    }
    return !(largest <= BOUND); // what is not a number is no agreement
  }

  private static double mean(float[] logits) {
    double sum = 0;
    for (float logit : logits) {
      sum += logit;
    }
    return sum / Math.max(1, logits.length);
  }
}
