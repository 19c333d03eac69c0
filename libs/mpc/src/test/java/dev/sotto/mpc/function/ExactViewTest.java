package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.testing.Defects;
import dev.sotto.mpc.testing.ExactView;
import dev.sotto.mpc.testing.Secrets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole blocks: what a role receives and sends is the same for other prompts and weights. */
class ExactViewTest {
  private static final BlockJob SHORT = new BlockJob(BlockJob.Size.TINY, 2, 2, false);
  private static final BlockJob LONG = new BlockJob(BlockJob.Size.TINY, 256, 2, true);

  @ParameterizedTest
  @EnumSource
  void blockOfAPrefillAndADecode(Role observed) {
    ExactView.Result r = ExactView.check(SHORT, observed);
    assertThat(r.messages()).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void blockBeyond255Keys(Role observed) {
    ExactView.Result r = ExactView.check(LONG, observed);
    assertThat(r.messages()).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void blockOfSeveralPanels(Role observed) {
    ExactView.Result r = ExactView.check(new BlockJob(BlockJob.Size.WIDE, 1, 1, false), observed);
    if (observed == Role.EVALUATOR_1) {
      assertThat(r.words()).isGreaterThan(10_000);
    }
  }

  @ParameterizedTest
  @EnumSource
  void singleFunctions(SingleJobs job) {
    for (Role observed : Role.values()) {
      assertThat(ExactView.check(job, observed).messages()).isPositive();
    }
  }

  @Test
  void aSharedMaskIsCaught() {
    assertThatThrownBy(() -> ExactView.check(SHORT, Role.EVALUATOR_1, Defects.sharedMask()))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aPadOneBitShortIsCaught() {
    assertThatThrownBy(
            () ->
                ExactView.check(
                    SHORT, Role.EVALUATOR_1, Defects.padABitShort(Pair.DEALER_EVALUATOR_0)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aMissingPadIsCaught() {
    assertThatThrownBy(
            () -> ExactView.check(SHORT, Role.EVALUATOR_0, Defects.noPad(Pair.DEALER_EVALUATOR_1)))
        .isInstanceOf(AssertionError.class);
  }

  /** A program whose dealer forgets the pad of one message. */
  private record DealtInTheClear() implements ExactView.Job {
    @Override
    public int steps() {
      return 1;
    }

    @Override
    public Object step(Scope at, int step, Secrets secrets) {
      Wire x = at.in("x").open(secrets.share(at, "x", 3, 20, 0));
      if (at.deals()) {
        at.session().put(x.mask(), 3, 20);
      } else if (!at.first()) {
        at.take(new long[3], 20);
      }
      return x;
    }
  }

  @Test
  void aSecretDealtInTheClearIsCaught() {
    assertThatThrownBy(() -> ExactView.check(new DealtInTheClear(), Role.EVALUATOR_1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pad");
  }
}
