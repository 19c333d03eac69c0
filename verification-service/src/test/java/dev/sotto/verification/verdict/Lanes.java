package dev.sotto.verification.verdict;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.digest.DigestPoint;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Padded digests of lanes whose honest noise is that of a measurement, rounded up: SmolLM2-135M
 * over 35 steps of two texts, each step's root mean square of what two lanes differ by at a point
 * log-normally distributed (docs/verification.md). Given the noise, bits differ independently.
 */
final class Lanes {
  private static final double[] LOG_MEAN = {Math.log(0.00525), Math.log(0.0098)};
  private static final double[] LOG_DEVIATION = {0.31, 0.33};
  private static final double[] BOUND = {0.02, 0.04};

  private final SplittableRandom random;

  Lanes(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A step's digest under a pad: uniform. */
  byte[] padded() {
    byte[] bits = new byte[DigestPoint.STEP_BYTES];
    random.nextBytes(bits);
    return bits;
  }

  /** The same step in another honest lane. */
  byte[] honest(byte[] other) {
    byte[] bits = other.clone();
    for (DigestPoint point : DigestPoint.values()) {
      int i = point == DigestPoint.FINAL_STATE ? 0 : 1;
      double noise = Math.exp(LOG_MEAN[i] + LOG_DEVIATION[i] * gaussian());
      turn(bits, point, part(deviation(point.honestPart()) * noise / BOUND[i]));
    }
    return bits;
  }

  private double gaussian() {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }

  /** Turns each bit of a point with a probability. */
  void turn(byte[] bits, DigestPoint point, double part) {
    double log = Math.log1p(-part);
    int i = -1;
    while (true) {
      i += 1 + (int) Math.min(1 << 20, Math.log(1 - random.nextDouble()) / log);
      if (i >= point.bits()) {
        return;
      }
      int at = point.firstBit() + i;
      bits[at / 8] ^= (byte) (1 << at % 8);
    }
  }

  /** The part of bits that a normal difference of that deviation, in periods, turns. */
  static double part(double deviation) {
    double part = 0.5;
    for (int k = 1; k < 60; k += 2) {
      double wave = Math.exp(-2 * Math.pow(Math.PI * k * deviation, 2));
      part -= 4 / (Math.PI * Math.PI * k * k) * wave;
    }
    return Math.max(part, 1e-9);
  }

  /** Its inverse. */
  static double deviation(double part) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 50; i++) {
      double middle = (low + high) / 2;
      if (part(middle) < part) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Both evaluators' shares of a window. */
  LaneDigests shared(int from, List<byte[]> steps) {
    LaneDigests lane = new LaneDigests();
    share(lane, from, steps);
    return lane;
  }

  void share(LaneDigests lane, int from, List<byte[]> steps) {
    byte[] first = new byte[steps.size() * DigestPoint.STEP_BYTES];
    random.nextBytes(first);
    byte[] second = first.clone();
    for (int i = 0; i < second.length; i++) {
      second[i] ^= steps.get(i / DigestPoint.STEP_BYTES)[i % DigestPoint.STEP_BYTES];
    }
    LaneDigests.Window window = new LaneDigests.Window(from, steps.size());
    lane.add(Role.EVALUATOR_1, window, second);
    lane.add(Role.EVALUATOR_0, window, first);
  }
}
