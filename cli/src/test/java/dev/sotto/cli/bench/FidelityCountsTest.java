package dev.sotto.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FidelityCountsTest {
  @Test
  void equalLogitsDifferInNothing() {
    Fidelity fidelity = new Fidelity();
    fidelity.add(new float[] {1, 2, 3}, new float[] {1, 2, 3});
    assertThat(fidelity.sameToken()).isEqualTo(1);
    assertThat(fidelity.meanDivergence()).isZero();
    assertThat(fidelity.worstError()).isZero();
    assertThat(fidelity.sure()).isEqualTo(1);
    assertThat(fidelity.sureButOther()).isZero();
  }

  @Test
  void aNearTieMayFallTheOtherWayAndASureStepMayNot() {
    Fidelity fidelity = new Fidelity();
    fidelity.add(new float[] {1, 1.1f}, new float[] {1.2f, 1.1f});
    assertThat(fidelity.sameToken()).isZero();
    assertThat(fidelity.sureButOther()).isZero();
    fidelity.add(new float[] {1, 2}, new float[] {2, 1});
    assertThat(fidelity.sureButOther()).isEqualTo(1);
    assertThat(fidelity.worstError()).isEqualTo(1, within(1e-6));
    assertThat(fidelity.steps()).isEqualTo(2);
  }

  /** p = (3/4, 1/4) and q = (1/2, 1/2): Σ p·ln(p/q) = 0.75·ln 1.5 + 0.25·ln 0.5. */
  @Test
  void divergenceIsKullbackAndLeiblers() {
    Fidelity fidelity = new Fidelity();
    fidelity.add(new float[] {(float) Math.log(3), 0}, new float[] {7, 7});
    double want = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
    assertThat(fidelity.meanDivergence()).isCloseTo(want, within(1e-6));
    fidelity.add(new float[] {0, 0}, new float[] {0, 0});
    assertThat(fidelity.meanDivergence()).isCloseTo(want / 2, within(1e-6));
    assertThat(fidelity.worstDivergence()).isCloseTo(want, within(1e-6));
  }

  @Test
  void otherVocabulariesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Fidelity().add(new float[2], new float[3]));
  }
}
