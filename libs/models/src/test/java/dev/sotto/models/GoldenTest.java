package dev.sotto.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sotto.models.format.GgufModel;
import dev.sotto.nn.ClearModel;
import dev.sotto.nn.ClearRun;
import dev.sotto.nn.ClearTensor;
import dev.sotto.nn.Ranges;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The real model in the clear against what Transformers computed from the same file in float32. */
final class GoldenTest {
  private static ClearModel model;

  @BeforeAll
  static void load() throws Exception {
    try (TensorSource source = GgufModel.open(Smollm.file())) {
      model = ClearWeights.load(source);
    }
  }

  static List<Golden> goldens() {
    return Golden.all();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void teacherForcedLogitsAreTransformers(Golden golden) {
    ClearRun run = model.start();
    int[] completion = golden.completion();
    float[] first = run.logits(golden.promptTokens());
    check(golden, 0, first);
    if (completion.length > 1) {
      ClearTensor rest = run.eachLogits(Arrays.copyOf(completion, completion.length - 1));
      for (int step = 1; step < completion.length; step++) {
        check(golden, step, row(rest, step - 1));
      }
    }
  }

  @Test
  void decodesGreedily() {
    Golden golden = goldens().getFirst();
    ClearRun run = model.start();
    float[] logits = run.logits(golden.promptTokens());
    int[] completion = golden.completion();
    for (int step = 0; step < completion.length; step++) {
      assertThat(best(logits)).isEqualTo(completion[step]);
      logits = run.logits(completion[step]);
    }
  }

  /** The ranges that the design measured for this model over more prompts (its precision notes). */
  @Test
  void calibrationSeesMassiveActivations() {
    int[][] prompts = goldens().stream().limit(2).map(Golden::promptTokens).toArray(int[][]::new);
    Ranges ranges = Ranges.record(model, prompts);
    assertThat(ranges.wire("residual").most()).isBetween(20_000.0, 25_000.0);
    assertThat(ranges.wire("norm1/mean_square").least()).isBetween(0.005, 0.05);
    assertThat(ranges.wire("norm1/mean_square").most()).isBetween(5e5, 1.2e6);
    assertThat(ranges.wire("silu_up").most()).isBetween(1_500.0, 3_200.0);
    assertThat(ranges.wire("norm1/unit").most()).isLessThan(24);
    assertThat(ranges.wire("scores").most()).isBetween(20.0, 60 * 1.4427);
    assertThat(ranges.wire("head/logits").most()).isBetween(20.0, 45.0);
  }

  private static void check(Golden golden, int step, float[] logits) {
    String at = "step " + step;
    List<Integer> ids = golden.top3Ids().get(step);
    List<Double> expected = golden.top3Logits().get(step);
    for (int i = 0; i < ids.size(); i++) {
      assertThat((double) logits[ids.get(i)]).as(at).isCloseTo(expected.get(i), within(0.01));
    }
    float fourth = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.length; id++) {
      fourth = ids.contains(id) ? fourth : Math.max(fourth, logits[id]);
    }
    assertThat((double) fourth).as(at).isLessThan(expected.getLast() + 0.01);
    if (golden.margin(step) > 0.02) {
      assertThat(best(logits)).as(at).isEqualTo(golden.completion()[step]);
    }
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      best = logits[id] > logits[best] ? id : best;
    }
    return best;
  }

  private static float[] row(ClearTensor x, int token) {
    float[] row = new float[x.width()];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) x.at(token, i);
    }
    return row;
  }
}
