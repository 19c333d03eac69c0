package dev.sotto.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LayerwiseLogitsTest {
  private final ModelConfig config = ClearModelTest.small();
  private final RandomWeights weights = new RandomWeights(config, ClearModelTest.SEED);

  @Test
  void layerByLayerTheyAreTheSameBitForBit() {
    int[][] sequences = {{1, 2, 3}, ClearModelTest.tokens(config, 15), {96, 0, 5, 5}};
    double[][] whole = new double[sequences.length][];
    for (int s = 0; s < sequences.length; s++) {
      whole[s] = new double[sequences[s].length * config.vocab()];
    }
    List<Integer> heard = new ArrayList<>();
    LayerwiseLogits.each(
        config,
        weights,
        sequences,
        (done, total) -> heard.add(done),
        (sequence, from, some) -> {
          for (int t = 0; t < some.tokens(); t++) {
            for (int i = 0; i < some.width(); i++) {
              whole[sequence][t * config.vocab() + from + i] = some.at(t, i);
            }
          }
        });
    ClearModel model = new ClearModel(config, weights);
    for (int s = 0; s < sequences.length; s++) {
      assertThat(whole[s]).isEqualTo(model.start().eachLogits(sequences[s]).values());
    }
    assertThat(heard).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void whatDoesNotFitIsNamedByItsPlace() {
    for (int[] bad : List.of(new int[0], new int[] {1, config.vocab()})) {
      assertThatThrownBy(
              () ->
                  LayerwiseLogits.each(
                      config, weights, new int[][] {bad}, (done, total) -> {}, (s, f, l) -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching(".*(no token|token number 1).*");
    }
  }
}
