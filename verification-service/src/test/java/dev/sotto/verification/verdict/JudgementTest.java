package dev.sotto.verification.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.receipt.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JudgementTest {
  private static final long SEED = 20_261_126;
  private static final int WINDOWS = 10_000;
  private static final int STEPS = 16;

  private final Lanes lanes = new Lanes(SEED);

  private static SequencedMap<String, LaneDigests> of(LaneDigests... each) {
    SequencedMap<String, LaneDigests> all = new LinkedHashMap<>();
    for (LaneDigests lane : each) {
      all.put("lane-" + (all.size() + 1), lane);
    }
    return all;
  }

  private List<byte[]> steps(int count) {
    return IntStream.range(0, count).mapToObj(i -> lanes.padded()).toList();
  }

  private List<byte[]> honest(List<byte[]> steps) {
    return steps.stream().map(lanes::honest).toList();
  }

  private List<byte[]> lied(List<byte[]> honest, int step, DigestPoint point, double part) {
    List<byte[]> lied = new ArrayList<>();
    for (int i = 0; i < honest.size(); i++) {
      byte[] bits = honest.get(i).clone();
      if (step < 0 || i == step) {
        lanes.turn(bits, point, part);
      }
      lied.add(bits);
    }
    return lied;
  }

  @Test
  void noHonestNodeIsBlamedOverTenThousandWindows() {
    int blamed = 0;
    long turned = 0;
    for (int window = 0; window < WINDOWS; window++) {
      List<byte[]> one = steps(STEPS);
      List<byte[]> other = honest(one);
      turned += DigestPoint.LOGITS.distance(one.getFirst(), other.getFirst());
      Judgement judgement = Judgement.of(of(lanes.shared(7, one), lanes.shared(7, other)), STEPS);
      blamed += judgement.verdict() == Verdict.AGREE ? 0 : 1;
    }
    assertThat(blamed).isZero();
    // The noise is there: about 1,024 · 2 · 0.8 · σ bits a step, and not none.
    assertThat(turned / (double) WINDOWS).isBetween(30.0, 90.0);
  }

  /** At the very bound of what is called honest, the mean is far from the limit still. */
  @Test
  void lanesAtTheBoundOfTheirNoiseAgree() {
    for (int window = 0; window < 300; window++) {
      List<byte[]> one = steps(STEPS);
      List<byte[]> other = one;
      for (DigestPoint point : DigestPoint.values()) {
        other = lied(other, -1, point, point.honestPart());
      }
      assertThat(Judgement.of(of(lanes.shared(0, one), lanes.shared(0, other)), STEPS).verdict())
          .isEqualTo(Verdict.AGREE);
    }
  }

  @Test
  void anotherStateOrOtherLogitsInOneStepAreFound() {
    int missed = 0;
    for (int window = 0; window < 300; window++) {
      for (DigestPoint point : DigestPoint.values()) {
        List<byte[]> one = steps(STEPS);
        List<byte[]> other = lied(honest(one), window % STEPS, point, 0.5);
        Judgement judgement = Judgement.of(of(lanes.shared(3, one), lanes.shared(3, other)), STEPS);
        boolean found = judgement.verdict() == Verdict.DISAGREE;
        missed += found ? 0 : 1;
        if (found) {
          assertThat(judgement.dissenting()).containsExactly("lane-1", "lane-2");
        }
      }
    }
    assertThat(missed).isZero();
  }

  /** A logit that is off by 16: it turns 0.38 of the bits of a vocabulary of 49,152. */
  @Test
  void oneForcedLogitIsFound() {
    for (int window = 0; window < 300; window++) {
      List<byte[]> one = steps(STEPS);
      List<byte[]> other = lied(honest(one), 5, DigestPoint.LOGITS, 0.37);
      assertThat(Judgement.of(of(lanes.shared(0, one), lanes.shared(0, other)), STEPS).verdict())
          .isEqualTo(Verdict.DISAGREE);
    }
  }

  @Test
  void smallLiesAddUpOverAWindow() {
    List<byte[]> one = steps(STEPS);
    List<byte[]> other = lied(one, -1, DigestPoint.LOGITS, 0.25);
    for (int i = 0; i < STEPS; i++) { // each step by itself could be honest
      assertThat(DigestPoint.LOGITS.distance(one.get(i), other.get(i))).isLessThan(307);
    }
    assertThat(Judgement.of(of(lanes.shared(0, one), lanes.shared(0, other)), STEPS).verdict())
        .isEqualTo(Verdict.DISAGREE);
  }

  @Test
  void theMajorityOfThreeNamesTheThird() {
    List<byte[]> one = steps(STEPS);
    LaneDigests third = lanes.shared(0, lied(honest(one), 2, DigestPoint.FINAL_STATE, 0.5));
    Judgement judgement =
        Judgement.of(of(lanes.shared(0, one), third, lanes.shared(0, honest(one))), STEPS);
    assertThat(judgement.verdict()).isEqualTo(Verdict.DISAGREE);
    assertThat(judgement.dissenting()).containsExactly("lane-2");
    assertThat(judgement.comparedSteps()).isEqualTo(STEPS);
  }

  @Test
  void whatIsMissingMakesItIncompleteAndBlamesNobody() {
    List<byte[]> one = steps(STEPS);
    LaneDigests whole = lanes.shared(0, one);
    Judgement nothing = Judgement.of(of(whole, new LaneDigests()), STEPS);
    assertThat(nothing).isEqualTo(new Judgement(Verdict.INCOMPLETE, List.of(), 0));
    LaneDigests half = new LaneDigests();
    half.add(Role.EVALUATOR_0, new LaneDigests.Window(0, 1), new byte[DigestPoint.STEP_BYTES]);
    assertThat(Judgement.of(of(whole, half), STEPS).verdict()).isEqualTo(Verdict.INCOMPLETE);
    LaneDigests some = lanes.shared(0, honest(one).subList(0, 9));
    Judgement partly = Judgement.of(of(whole, some), STEPS);
    assertThat(partly.verdict()).isEqualTo(Verdict.INCOMPLETE);
    assertThat(partly.comparedSteps()).isEqualTo(9);
    assertThat(Judgement.complete(of(whole, some), STEPS)).isFalse();
    assertThat(Judgement.complete(of(whole, some), 9)).isTrue();
  }

  /** What is there and wrong is a disagreement, whatever else is missing. */
  @Test
  void whoLiesDoesNotEscapeByStoppingEarly() {
    List<byte[]> one = steps(STEPS);
    List<byte[]> other = lied(honest(one), 1, DigestPoint.LOGITS, 0.5).subList(0, 4);
    assertThat(Judgement.of(of(lanes.shared(0, one), lanes.shared(0, other)), STEPS).verdict())
        .isEqualTo(Verdict.DISAGREE);
  }

  @Test
  void windowsComeInAnyOrderAndTwice() {
    List<byte[]> early = steps(STEPS);
    List<byte[]> late = steps(3);
    LaneDigests one = new LaneDigests();
    lanes.share(one, 17, late);
    lanes.share(one, 0, early);
    LaneDigests other = new LaneDigests();
    lanes.share(other, 0, honest(early));
    lanes.share(other, 17, honest(late));
    lanes.share(other, 17, steps(3)); // a second word of the same evaluators: the first stays
    assertThat(Judgement.of(of(one, other), 19))
        .isEqualTo(new Judgement(Verdict.AGREE, List.of(), 19));
  }
}
