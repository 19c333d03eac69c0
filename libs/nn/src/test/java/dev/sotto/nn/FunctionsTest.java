package dev.sotto.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Layer functions against closed values and against integrals taken here. */
final class FunctionsTest {
  @Test
  void geluIsXTimesTheNormalDistribution() {
    assertThat(Functions.gelu(0)).isZero();
    assertThat(Functions.gelu(1)).isCloseTo(0.841344746068543, within(1e-15));
    assertThat(Functions.gelu(-10)).isCloseTo(-7.61985302416e-23, within(1e-33));
    for (double x = -6; x <= 6; x += 0.37) {
      assertThat(Functions.gelu(x)).isCloseTo(x * (0.5 + normalFromZero(x)), within(1e-12));
    }
    assertThat(Functions.gelu(1e6)).isEqualTo(1e6);
    assertThat(Functions.gelu(-1e6)).isZero();
  }

  @Test
  void geluTanhStaysNearGelu() {
    assertThat(Functions.geluTanh(1)).isCloseTo(0.841191990608276, within(1e-14));
    for (double x = -8; x <= 8; x += 0.01) {
      assertThat(Functions.geluTanh(x)).isCloseTo(Functions.gelu(x), within(5e-4));
    }
  }

  @Test
  void siluSaturates() {
    assertThat(Functions.silu(1)).isCloseTo(0.731058578630005, within(1e-15));
    assertThat(Functions.silu(-1)).isCloseTo(-0.268941421369995, within(1e-15));
    assertThat(Functions.silu(800)).isEqualTo(800);
    assertThat(Functions.silu(-800)).isZero();
    assertThat(Functions.sigmoid(-700)).isCloseTo(Math.exp(-700), within(1e-315));
  }

  @Test
  void softmaxHoldsForAnyOffset() {
    double[] x = {1000, 1000 + Math.log(3), -1000};
    Functions.softmax(x);
    assertThat(x[0]).isCloseTo(0.25, within(1e-12));
    assertThat(x[1]).isCloseTo(0.75, within(1e-12));
    assertThat(x[2]).isZero();
    double[] one = {-7};
    Functions.softmax(one);
    assertThat(one).containsExactly(1);
  }

  @Test
  void normsHaveUnitScale() {
    double[] x = {9, 3, -4, 0, 1}; // the norm starts at 1: mean square 26/4
    double[] out = new double[5];
    Functions.rmsNorm(x, 1, new float[] {1, 2, 1, -1}, 0, out);
    double rms = Math.sqrt(6.5);
    assertThat(out).containsExactly(new double[] {0, 3 / rms, -8 / rms, 0, -1 / rms}, CLOSE);
    double[] layer = new double[2];
    Functions.layerNorm(new double[] {5, 1}, new double[] {2, 3}, new double[] {10, 20}, 0, layer);
    assertThat(layer).containsExactly(new double[] {12, 17}, CLOSE);
    Functions.layerNorm(new double[] {5, 1}, new double[] {1, 1}, new double[] {0, 0}, 12, layer);
    assertThat(layer).containsExactly(new double[] {0.5, -0.5}, CLOSE);
  }

  private static final org.assertj.core.data.Offset<Double> CLOSE = within(1e-14);

  /** ∫ of the normal density from 0 to x, by Simpson's rule. */
  private static double normalFromZero(double x) {
    int n = 2000;
    double step = x / n;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
      double t = i * step;
      double weight = i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-t * t / 2);
    }
    return sum * step / 3 / Math.sqrt(2 * Math.PI);
  }
}
