package dev.sotto.orchestration.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.StepPlan;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void tokensAreThoseOfFinishedStepsOnly() {
    StepPlan plan = StepPlan.of(300, 4); // 128 + 128 + 44, then one token a step
    int[] read = {0, 128, 256, 300, 300, 300, 300};
    int[] answered = {0, 0, 0, 1, 2, 3, 4};
    assertThat(plan.steps()).isEqualTo(6);
    for (int finished = 0; finished <= plan.steps(); finished++) {
      Progress reached = new Progress(plan.steps(), finished, new byte[0]);
      assertThat(reached.promptTokens(plan)).isEqualTo(read[finished]);
      assertThat(reached.completionTokens(plan)).isEqualTo(answered[finished]);
    }
  }

  @Test
  void nothingIsFinishedThatWasNotSent() {
    assertThatThrownBy(() -> new Progress(1, 2, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
