package dev.sotto.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A plan with digests is the plain one with digests put in, and every answer is in one of them. */
class StepPlanTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "5, 1", "5, 15", "5, 16", "5, 17", "300, 32", "128, 33", "2000, 100", "7, 2"})
  void digestsCoverEveryAnsweredStepOnce(int prompt, int max) {
    StepPlan plain = StepPlan.of(prompt, max);
    StepPlan digested = StepPlan.digested(prompt, max);
    List<StepPlan.Part> parts = new ArrayList<>();
    List<Integer> answered = new ArrayList<>();
    List<Integer> covered = new ArrayList<>();
    for (int serial = 0; serial < digested.steps(); serial++) {
      assertThat(digested.answeredBefore(serial)).isEqualTo(answered.size());
      StepPlan.Part part = digested.part(serial);
      if (digested.isDigest(serial)) {
        assertThat(part.tokens()).isZero();
        assertThat(digested.answers(serial)).isFalse();
        assertThat(digested.mayDigest(serial)).isTrue();
        StepPlan.Window window = digested.window(serial);
        assertThat(window.count()).isBetween(1, StepPlan.DIGEST_WINDOW);
        for (int i = 0; i < window.count(); i++) {
          covered.add(window.from() + i);
        }
      } else {
        parts.add(part);
        if (digested.answers(serial)) {
          answered.add(serial);
        }
      }
    }
    assertThat(digested.isDigest(digested.steps() - 1)).isTrue();
    assertThat(covered).isEqualTo(answered).hasSize(max);
    assertThat(digested.answeredBefore(digested.steps())).isEqualTo(max);
    List<StepPlan.Part> want = new ArrayList<>();
    for (int serial = 0; serial < plain.steps(); serial++) {
      assertThat(plain.isDigest(serial)).isFalse();
      assertThat(plain.mayDigest(serial)).isFalse();
      want.add(plain.part(serial));
    }
    assertThat(parts).isEqualTo(want);
    assertThat(plain.answeredBefore(plain.steps())).isEqualTo(max);
  }

  /** Whoever is done early may digest what no digest has covered, and only that. */
  @ParameterizedTest
  @CsvSource({"5, 40", "300, 20"})
  void anEarlyDigestCoversWhatIsLeft(int prompt, int max) {
    StepPlan plan = StepPlan.digested(prompt, max);
    int behind = -1; // the last digest by plan
    for (int serial = 0; serial < plan.steps(); serial++) {
      int first = Math.max(behind + 1, plan.promptSteps() - 1);
      assertThat(plan.mayDigest(serial)).as("step %d", serial).isEqualTo(serial > first);
      if (plan.mayDigest(serial)) {
        assertThat(plan.window(serial)).isEqualTo(new StepPlan.Window(first, serial - first));
      }
      behind = plan.isDigest(serial) ? serial : behind;
    }
    assertThat(plan.mayDigest(plan.steps())).isFalse();
  }
}
