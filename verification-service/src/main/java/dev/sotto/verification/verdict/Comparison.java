package dev.sotto.verification.verdict;

import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.digest.Tolerance;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Two lanes' digests of the same steps: alike, if at every point of every step, and at each point
 * over all steps together, no more bits differ than honest rounding leaves.
 */
final class Comparison {
  private static final Map<Long, Integer> MOST = new ConcurrentHashMap<>();

  private Comparison() {}

  /** Whether they are; steps that one of them does not have are not compared. */
  static boolean alike(SortedMap<Integer, byte[]> one, SortedMap<Integer, byte[]> other) {
    for (DigestPoint point : DigestPoint.values()) {
      int steps = 0;
      int all = 0;
      for (Map.Entry<Integer, byte[]> step : one.entrySet()) {
        byte[] there = other.get(step.getKey());
        if (there != null) {
          int distance = point.distance(step.getValue(), there);
          if (distance > most(point, 1)) {
            return false;
          }
          steps++;
          all += distance;
        }
      }
      if (steps > 1 && all > most(point, steps)) {
        return false;
      }
    }
    return true;
  }

  private static int most(DigestPoint point, int steps) {
    return MOST.computeIfAbsent(
        (long) point.firstBit() << 32 | steps, key -> Tolerance.most(point, steps));
  }
}
