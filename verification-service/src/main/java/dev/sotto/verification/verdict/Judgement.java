package dev.sotto.verification.verdict;

import dev.sotto.contracts.receipt.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * What comparing a job's lanes says.
 *
 * @param verdict whether they agree
 * @param dissenting lanes outside of the majority that agrees; all, where there is none; none,
 *     unless they disagree
 * @param comparedSteps answered steps that all lanes have digested
 */
public record Judgement(Verdict verdict, List<String> dissenting, int comparedSteps) {
  /** Copies. */
  public Judgement {
    dissenting = List.copyOf(dissenting);
  }

  /** One lane: there is nothing to compare. */
  public static Judgement none() {
    return new Judgement(Verdict.NONE, List.of(), 0);
  }

  /** Whether every lane has digested as many steps as were answered. */
  public static boolean complete(Map<String, LaneDigests> lanes, int answered) {
    return common(lanes).size() >= answered;
  }

  /**
   * Judges a job.
   *
   * @param lanes their digests, by what they are called, two or more
   * @param answered how many steps were answered
   */
  public static Judgement of(SequencedMap<String, LaneDigests> lanes, int answered) {
    List<String> names = List.copyOf(lanes.keySet());
    List<SortedMap<Integer, byte[]>> digests =
        lanes.values().stream().map(LaneDigests::whole).toList();
    int compared = common(lanes).size();
    boolean[][] alike = new boolean[names.size()][names.size()];
    boolean all = true;
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < names.size(); j++) {
        alike[i][j] = i == j || Comparison.alike(digests.get(i), digests.get(j));
        all &= alike[i][j];
      }
    }
    if (!all) {
      return new Judgement(Verdict.DISAGREE, dissenting(names, alike), compared);
    }
    // Lanes that have digested nothing in common are alike for want of anything to tell.
    Verdict verdict = compared >= answered && answered > 0 ? Verdict.AGREE : Verdict.INCOMPLETE;
    return new Judgement(verdict, List.of(), compared);
  }

  private static Set<Integer> common(Map<String, LaneDigests> lanes) {
    Set<Integer> steps = new TreeSet<>();
    boolean first = true;
    for (LaneDigests lane : lanes.values()) {
      if (first) {
        steps.addAll(lane.whole().keySet());
      } else {
        steps.retainAll(lane.whole().keySet());
      }
      first = false;
    }
    return steps;
  }

  /** A lane is in the majority if more than half of all lanes, itself included, are like it. */
  private static List<String> dissenting(List<String> names, boolean[][] alike) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      int like = 0;
      for (boolean each : alike[i]) {
        like += each ? 1 : 0;
      }
      if (2 * like <= names.size()) {
        out.add(names.get(i));
      }
    }
    return out.isEmpty() ? names : out;
  }
}
