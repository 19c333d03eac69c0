package dev.sotto.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ColumnBoundsTest {
  private static final int HIDDEN = 48;
  private static final int FFN = 70; // more than is read at once
  private static final ModelConfig CONFIG =
      new ModelConfig("llama", 2, HIDDEN, 2, 1, 24, FFN, 300, 64, 1e-5, 10_000, null, true);

  /** The bound is reached by the row that points along the longest column, and by no other. */
  @Test
  void noNormalisedRowExceedsTheBoundAndOneReachesIt() {
    Weights weights = new RandomWeights(CONFIG, 5);
    Map<String, Double> bounds = ColumnBounds.feedForward(CONFIG, weights);
    for (String part : new String[] {"gate", "up"}) {
      double bound = bounds.getOrDefault(part, Double.NaN);
      double reached = 0;
      SplittableRandom random = new SplittableRandom(6);
      for (int layer = 0; layer < 2; layer++) {
        String at = "model.layers." + layer;
        float[] gain = new float[HIDDEN];
        weights.read(at + ".post_attention_layernorm.weight", 0, 1, gain);
        float[] rows = new float[FFN * HIDDEN];
        weights.read(at + ".mlp." + part + "_proj.weight", 0, FFN, rows);
        for (int c = 0; c < FFN; c++) {
          double[] column = new double[HIDDEN];
          double[] any = new double[HIDDEN];
          for (int i = 0; i < HIDDEN; i++) {
            column[i] = (double) rows[c * HIDDEN + i] * gain[i];
            any[i] = random.nextGaussian();
          }
          reached = Math.max(reached, product(column, column));
          assertThat(product(any, column)).isLessThanOrEqualTo(bound);
        }
      }
      assertThat(reached).isBetween(bound / 1.003, bound);
    }
  }

  /** |x·w| for x normalised to the mean square 1. */
  private static double product(double[] x, double[] w) {
    double squares = 0;
    double sum = 0;
    for (int i = 0; i < HIDDEN; i++) {
      squares += x[i] * x[i];
      sum += x[i] * w[i];
    }
    return Math.abs(sum) / Math.sqrt(squares / HIDDEN);
  }
}
