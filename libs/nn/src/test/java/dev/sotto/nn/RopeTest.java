package dev.sotto.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Rotary positions against numbers worked out by hand and by the wavelength form of the scaling.
 */
final class RopeTest {
  @Test
  void plainFrequenciesArePowersOfTheBase() {
    Rope rope = new Rope(config(8, 10_000, null));
    assertThat(rope.pairs()).isEqualTo(4);
    assertThat(rope.frequency(0)).isEqualTo(1);
    assertThat(rope.frequency(1)).isCloseTo(0.1, within(1e-16));
    assertThat(rope.frequency(2)).isCloseTo(0.01, within(1e-17));
    assertThat(rope.frequency(3)).isCloseTo(0.001, within(1e-18));
    assertThat(rope.cosines(250)[3]).isCloseTo(Math.cos(0.25), within(1e-15));
    assertThat(rope.sines(250)[3]).isCloseTo(Math.sin(0.25), within(1e-15));
  }

  @Test
  void scalesAsLlama31Does() {
    scales(128, 8); // 8B Instruct
    scales(64, 32); // 3.2's 1B
  }

  private static void scales(int headDim, double factor) {
    ModelConfig config = config(headDim, 500_000, new ModelConfig.RopeScaling(factor, 1, 4, 8192));
    Rope rope = new Rope(config);
    int kept = 0;
    int slowed = 0;
    for (int i = 0; i < rope.pairs(); i++) {
      double expected = NaiveLlama.frequency(config, i);
      assertThat(rope.frequency(i)).isCloseTo(expected, within(1e-14 * expected));
      double plain = 1 / Math.pow(500_000, 2.0 * i / headDim);
      kept += rope.frequency(i) == plain ? 1 : 0;
      slowed += Math.abs(expected * factor / plain - 1) < 1e-12 ? 1 : 0;
    }
    assertThat(kept).isGreaterThan(rope.pairs() / 3); // all three regions occur
    assertThat(slowed).isGreaterThan(rope.pairs() / 3);
    assertThat(kept + slowed).isLessThan(rope.pairs());
  }

  @Test
  void blendsByTurnsOverTheOriginalContext() {
    // Base 4 and two pairs: frequencies 1 and 1/2. Over 31 tokens: 4.93 and 2.47 turns.
    Rope rope = new Rope(config(4, 4, new ModelConfig.RopeScaling(10, 1, 4, 31)));
    double turns = 31 * 0.5 / (2 * Math.PI); // 2.4669
    double kept = (turns - 1) / 3; // 0.48897
    assertThat(turns).isCloseTo(2.46690, within(1e-5));
    assertThat(rope.frequency(0)).isEqualTo(1); // more than 4 turns: left alone
    assertThat(rope.frequency(1)).isCloseTo(0.5 * kept + 0.05 * (1 - kept), within(1e-15));
    assertThat(rope.frequency(1)).isCloseTo(0.270036, within(1e-6));
  }

  @Test
  void scoresDependOnDistanceAlone() {
    Rope rope = new Rope(config(4, 100, null));
    double[] q = {0.3, -1.2, 0.7, 2.0};
    double[] k = {1.1, 0.4, -0.6, 0.9};
    assertThat(score(rope, q, 17, k, 5)).isCloseTo(score(rope, q, 112, k, 100), within(1e-12));
    assertThat(score(rope, q, 3, k, 3)).isCloseTo(0.33 - 0.48 - 0.42 + 1.8, within(1e-12));
  }

  private static double score(Rope rope, double[] q, int qAt, double[] k, int kAt) {
    double[] a = q.clone();
    double[] b = k.clone();
    Rope.turn(a, 0, rope.cosines(qAt), rope.sines(qAt));
    Rope.turn(b, 0, rope.cosines(kAt), rope.sines(kAt));
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static ModelConfig config(int headDim, double base, ModelConfig.@Nullable RopeScaling s) {
    return new ModelConfig("llama", 1, 8, 1, 1, headDim, 8, 8, 131_072, 1e-5, base, s, true);
  }
}
