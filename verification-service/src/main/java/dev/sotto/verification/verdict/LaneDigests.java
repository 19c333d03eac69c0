package dev.sotto.verification.verdict;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.digest.DigestPoint;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One lane's padded digests, step by step, as its evaluators' shares come in, in any order. Not
 * thread-safe.
 */
public final class LaneDigests {
  private final Map<Window, Map<Role, byte[]>> shares = new HashMap<>();

  /** None yet. */
  public LaneDigests() {}

  /**
   * Answered steps that a share covers.
   *
   * @param from the first one's number
   * @param count how many
   */
  public record Window(int from, int count) {}

  /** Adds an evaluator's share; one that is there already stays. */
  public void add(Role evaluator, Window window, byte[] bits) {
    if (bits.length != window.count * DigestPoint.STEP_BYTES) {
      throw new IllegalArgumentException("a share of another length than its window");
    }
    shares
        .computeIfAbsent(window, w -> new EnumMap<>(Role.class))
        .putIfAbsent(evaluator, bits.clone());
  }

  /** The padded digests of steps of which both shares are here, by step. */
  public SortedMap<Integer, byte[]> whole() {
    SortedMap<Integer, byte[]> steps = new TreeMap<>();
    shares.forEach(
        (window, both) -> {
          if (both.containsKey(Role.EVALUATOR_0) && both.containsKey(Role.EVALUATOR_1)) {
            byte[] sum =
                xor(
                    Objects.requireNonNull(both.get(Role.EVALUATOR_0)),
                    Objects.requireNonNull(both.get(Role.EVALUATOR_1)));
            for (int i = 0; i < window.count; i++) {
              int at = i * DigestPoint.STEP_BYTES;
              steps.putIfAbsent(
                  window.from + i, Arrays.copyOfRange(sum, at, at + DigestPoint.STEP_BYTES));
            }
          }
        });
    return steps;
  }

  private static byte[] xor(byte[] a, byte[] b) {
    byte[] out = a.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] ^= b[i];
    }
    return out;
  }

  @Override
  public String toString() {
    return "LaneDigests[" + shares.size() + " windows]";
  }
}
