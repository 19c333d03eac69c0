package dev.sotto.client.platform;

import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.mpc.digest.Point;
import dev.sotto.mpc.digest.Projection;
import java.util.ArrayList;
import java.util.List;

/**
 * The logits that lanes have answered since the last digest, and whether what a lane digests is
 * what it has sent: a lane whose nodes kept other logits than they sent is found here, and nothing
 * of the final state is looked at. Not thread-safe.
 */
final class DigestCheck {
  private static final int FRACTION = 12;

  private final List<List<float[]>> answered = new ArrayList<>(); // [lanes][steps][vocab]

  DigestCheck(int lanes) {
    for (int i = 0; i < lanes; i++) {
      answered.add(new ArrayList<>());
    }
  }

  /** Keeps what the lanes have answered in a step, in their order. */
  void keep(List<float[]> logits) {
    for (int lane = 0; lane < logits.size(); lane++) {
      answered.get(lane).add(logits.get(lane));
    }
  }

  /**
   * Whether all lanes' digests are those of the logits that they sent; forgets these.
   *
   * @param seed what the rows were drawn from
   * @param window the steps that the digests cover: all that are kept
   * @param digests by lane, without pad: 1,024 bits a step
   */
  boolean passes(byte[] seed, StepPlan.Window window, List<byte[]> digests) {
    boolean good = true;
    for (int step = 0; step < window.count(); step++) {
      List<long[]> words = new ArrayList<>();
      for (List<float[]> lane : answered) {
        words.add(words(lane.get(step)));
      }
      Point point = Point.logits(words.getFirst().length);
      List<long[]> own = new Projection(seed, window.from() + step, point).bits(words);
      for (int lane = 0; lane < own.size(); lane++) {
        good &= turned(own.get(lane), digests.get(lane), step) <= DigestPoint.MOST_TURNED;
      }
    }
    answered.forEach(List::clear);
    return good;
  }

  /** As they were shared; exact, because a float holds 24 bits. */
  private static long[] words(float[] logits) {
    long[] words = new long[logits.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = Math.round(Math.scalb((double) logits[i], FRACTION));
    }
    return words;
  }

  private static int turned(long[] own, byte[] digest, int step) {
    int from = step * DigestPoint.LOGITS.bits();
    int differ = 0;
    for (int i = 0; i < own.length; i++) {
      int bit = digest[(from + i) / 8] >>> (from + i) % 8 & 1;
      differ += bit == own[i] ? 0 : 1;
    }
    return differ;
  }

  @Override
  public String toString() {
    return "DigestCheck(" + answered.size() + " lanes)";
  }
}
