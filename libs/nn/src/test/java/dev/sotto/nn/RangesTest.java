package dev.sotto.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The calibration probe: complete, in order, and equal to what a naive run shows. */
final class RangesTest {
  private final ModelConfig config = ClearModelTest.small();
  private final RandomWeights weights = new RandomWeights(config, ClearModelTest.SEED);
  private final ClearModel model = new ClearModel(config, weights);

  @Test
  void seesEveryWireInOrder() {
    Ranges ranges = Ranges.record(model, new int[][] {{1, 2, 3}});
    assertThat(ranges.wires().sequencedKeySet())
        .containsExactly(
            "embed",
            "norm1/mean_square",
            "norm1/unit",
            "norm1/out",
            "q",
            "k",
            "v",
            "q_rotated",
            "k_rotated",
            "scores",
            "scores_above",
            "scores_below",
            "score_spread",
            "attention",
            "o",
            "residual",
            "norm2/mean_square",
            "norm2/unit",
            "norm2/out",
            "gate",
            "up",
            "silu",
            "silu_up",
            "down",
            "head/norm/mean_square",
            "head/norm/unit",
            "head/norm/out",
            "head/logits");
    assertThat(ranges.places()).hasSize(5 + 3 * 23).containsKey("block.2/score_spread");
    assertThatThrownBy(() -> ranges.wire("nowhere")).hasMessageContaining("nowhere");
  }

  @Test
  void equalsANaiveRun() {
    int[] tokens = ClearModelTest.tokens(config, 15);
    NaiveLlama naive = new NaiveLlama(config, weights);
    double logits = 0;
    for (double[] row : naive.logits(tokens)) {
      for (double v : row) {
        logits = Math.max(logits, Math.abs(v));
      }
    }
    double scores = 0;
    double spread = 0;
    for (double[] row : naive.scores) {
      double least = Double.MAX_VALUE;
      double most = -Double.MAX_VALUE;
      for (double v : row) {
        least = Math.min(least, v);
        most = Math.max(most, v);
      }
      scores = Math.max(scores, Math.max(-least, most));
      spread = Math.max(spread, most - least);
    }
    double gate = naive.gates.stream().mapToDouble(Math::abs).max().orElseThrow();
    double meanSquare = Double.MAX_VALUE;
    for (int token : tokens) {
      double sum = 0;
      for (float v : weights.tensor("model.embed_tokens.weight")[token]) {
        sum += (double) v * v;
      }
      meanSquare = Math.min(meanSquare, sum / config.hidden());
    }

    Ranges ranges = Ranges.record(model, new int[][] {tokens});

    double log2e = 1.4426950408889634;
    assertThat(ranges.wire("head/logits").most()).isCloseTo(logits, within(1e-5));
    assertThat(ranges.wire("scores").most()).isCloseTo(scores * log2e, within(1e-5));
    assertThat(Math.max(ranges.wire("scores_above").most(), ranges.wire("scores_below").most()))
        .isEqualTo(ranges.wire("scores").most());
    assertThat(ranges.wire("score_spread").most()).isCloseTo(spread * log2e, within(1e-5));
    assertThat(ranges.wire("gate").most()).isCloseTo(gate, within(1e-5));
    assertThat(place(ranges, "block.0/norm1/mean_square").least())
        .isCloseTo(meanSquare, within(1e-12));
    assertThat(ranges.wire("norm2/unit").most()).isLessThan(Math.sqrt(config.hidden()));
  }

  @Test
  void morePromptsOnlyWiden() {
    int[][] prompts = {{1, 2, 3}, {50, 60}, {96, 0, 5, 5}};
    Ranges all = Ranges.record(model, prompts);
    Ranges joined = Ranges.record(model, new int[][] {prompts[0]});
    joined = joined.with(Ranges.record(model, new int[][] {prompts[1]}));
    joined = joined.with(Ranges.record(model, new int[][] {prompts[2]}));
    assertThat(all).isEqualTo(joined);
  }

  private Ranges layerwise(Weights of, int[][] prompts, int... first) {
    return LayerwiseRanges.record(config, of, prompts, first, (done, total) -> {});
  }

  @Test
  void layerByLayerItIsTheSameBitForBit() {
    int[][] prompts = {{1, 2, 3}, ClearModelTest.tokens(config, 15), {96, 0, 5, 5}};
    Ranges whole = Ranges.record(model, prompts);
    assertThat(layerwise(weights, prompts)).isEqualTo(whole);
    assertThat(layerwise(weights, prompts).places().sequencedKeySet())
        .containsExactlyElementsOf(whole.places().sequencedKeySet());
    List<Integer> heard = new ArrayList<>();
    LayerwiseRanges.record(config, weights, prompts, new int[0], (done, total) -> heard.add(done));
    assertThat(heard).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void theLogitsOnItsWayAreTheModelsBitForBit() {
    int[][] prompts = {{1, 2, 3}, ClearModelTest.tokens(config, 15), {96, 0, 5, 5}};
    double[][] heard = new double[prompts.length][];
    for (int p = 0; p < prompts.length; p++) {
      heard[p] = new double[prompts[p].length * config.vocab()];
    }
    Ranges ranges =
        LayerwiseRanges.record(
            config,
            weights,
            prompts,
            new int[] {7, 8},
            (done, total) -> {},
            (prompt, from, some) -> {
              for (int t = 0; t < some.tokens(); t++) {
                for (int i = 0; i < some.width(); i++) {
                  heard[prompt][t * config.vocab() + from + i] = some.at(t, i);
                }
              }
            });
    assertThat(ranges).isEqualTo(layerwise(weights, prompts, 7, 8));
    for (int p = 0; p < prompts.length; p++) {
      assertThat(heard[p]).isEqualTo(model.start().eachLogits(prompts[p]).values());
    }
  }

  /** Every token of the vocabulary as a sequence's first, together and one by one. */
  @Test
  void manyFirstTokensAreSequencesOfTheirOwn() {
    int[] all = IntStream.range(0, config.vocab()).toArray();
    int[][] each = IntStream.of(all).mapToObj(t -> new int[] {t}).toArray(int[][]::new);
    Ranges whole = Ranges.record(model, each);
    assertThat(layerwise(weights, new int[0][], all)).isEqualTo(whole);
    int[][] prompts = {{1, 2, 3}};
    assertThat(layerwise(weights, prompts, all))
        .isEqualTo(whole.with(Ranges.record(model, prompts)));
  }

  @Test
  void layerByLayerItRefusesTheSame() {
    assertThatThrownBy(() -> layerwise(weights, new int[0][])).hasMessageContaining("prompt");
    assertThatThrownBy(() -> layerwise(weights, new int[1][0])).hasMessageContaining("token");
    assertThatThrownBy(() -> layerwise(weights, new int[][] {{1, 97}}))
        .hasMessageContaining("token number 1 is outside the vocabulary");
    assertThatThrownBy(() -> layerwise(weights, new int[0][], -1))
        .hasMessageContaining("token number 0 is outside the vocabulary");
    assertThatThrownBy(() -> layerwise(weights, new int[1][config.context() + 1]))
        .hasMessageContaining("context");
    RandomWeights damaged = new RandomWeights(config, ClearModelTest.SEED);
    damaged.tensor("model.layers.1.mlp.up_proj.weight")[3][4] = Float.NaN;
    assertThatThrownBy(() -> layerwise(damaged, new int[][] {{1}}))
        .hasMessageContaining("block.1/up");
  }

  @Test
  void namesThePlaceOfWhatIsNotFinite() {
    RandomWeights damaged = new RandomWeights(config, ClearModelTest.SEED);
    damaged.tensor("model.layers.1.mlp.up_proj.weight")[3][4] = Float.NaN;
    ClearModel broken = new ClearModel(config, damaged);
    assertThatThrownBy(() -> Ranges.record(broken, new int[][] {{1}}))
        .hasMessageContaining("block.1/up")
        .hasMessageContaining("not finite");
    assertThatThrownBy(() -> Ranges.record(model, new int[0][])).hasMessageContaining("prompt");
    assertThatThrownBy(() -> Ranges.record(model, new int[1][0])).hasMessageContaining("token");
  }

  @Test
  void cannotBeChangedFromOutside() {
    SequencedMap<String, Ranges.Range> places = new LinkedHashMap<>();
    places.put("block.0/q", new Ranges.Range(0, 1));
    places.put("block.1/q", new Ranges.Range(0, 3));
    Ranges ranges = new Ranges(places);
    places.clear();
    assertThat(ranges.wires()).isEqualTo(Map.of("q", new Ranges.Range(0, 3)));
    assertThatThrownBy(() -> new Ranges.Range(2, 1)).hasMessageContaining("2.0 … 1.0");
    assertThatThrownBy(() -> new Ranges.Range(0, Double.NaN)).hasMessageContaining("NaN");
  }

  private static Ranges.Range place(Ranges ranges, String name) {
    Ranges.Range range = ranges.places().get(name);
    assertThat(range).as(name).isNotNull();
    return java.util.Objects.requireNonNull(range);
  }
}
