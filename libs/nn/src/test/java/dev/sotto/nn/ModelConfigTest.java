package dev.sotto.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** A config from a stranger's file: every field is bounded, and the refusal names it. */
final class ModelConfigTest {
  @Test
  void namesTheFieldThatIsOutOfBounds() {
    refused("layers", 0, 8, 2, 1, 4, 8, 8, 8, 1e-5, 1e4);
    refused("layers", 1025, 8, 2, 1, 4, 8, 8, 8, 1e-5, 1e4);
    refused("hidden", 1, -8, 2, 1, 4, 8, 8, 8, 1e-5, 1e4);
    refused("heads", 1, 8, Integer.MAX_VALUE, 1, 4, 8, 8, 8, 1e-5, 1e4);
    refused("kvHeads", 1, 8, 2, 0, 4, 8, 8, 8, 1e-5, 1e4);
    refused("kvHeads", 1, 8, 2, 3, 4, 8, 8, 8, 1e-5, 1e4);
    refused("kvHeads must divide", 1, 8, 3, 2, 4, 8, 8, 8, 1e-5, 1e4);
    refused("headDim", 1, 8, 2, 1, 3, 8, 8, 8, 1e-5, 1e4);
    refused("headDim", 1, 8, 2, 1, 0, 8, 8, 8, 1e-5, 1e4);
    refused("ffn", 1, 8, 2, 1, 4, 1 << 21, 8, 8, 1e-5, 1e4);
    refused("vocab", 1, 8, 2, 1, 4, 8, Integer.MIN_VALUE, 8, 1e-5, 1e4);
    refused("context", 1, 8, 2, 1, 4, 8, 8, 0, 1e-5, 1e4);
    refused("normEpsilon", 1, 8, 2, 1, 4, 8, 8, 8, Double.NaN, 1e4);
    refused("normEpsilon", 1, 8, 2, 1, 4, 8, 8, 8, 0, 1e4);
    refused("ropeBase", 1, 8, 2, 1, 4, 8, 8, 8, 1e-5, Double.POSITIVE_INFINITY);
    scalingRefused("factor", 0.5, 1, 4, 8192);
    scalingRefused("lowFrequency", 8, 0, 4, 8192);
    scalingRefused("highFrequency", 8, 4, 4, 8192);
    scalingRefused("highFrequency", 8, 1, Double.NaN, 8192);
    scalingRefused("originalContext", 8, 1, 4, 0);
  }

  @Test
  void knowsItsWidths() {
    ModelConfig c = ClearModelTest.small();
    assertThat(c.queryWidth()).isEqualTo(36);
    assertThat(c.keyWidth()).isEqualTo(12);
    assertThat(c.qkvWidth()).isEqualTo(60);
  }

  @Test
  void aStepMovesForward() {
    assertThat(new Step(3, 5, 2).length()).isEqualTo(7);
    assertThatThrownBy(() -> new Step(0, 0, 0)).hasMessageContaining("tokens 0");
    assertThatThrownBy(() -> new Step(0, -1, 1)).hasMessageContaining("position -1");
    assertThatThrownBy(() -> new Step(-1, 0, 1)).hasMessageContaining("serial -1");
    assertThatThrownBy(() -> new Step(0, Integer.MAX_VALUE, 1)).hasMessageContaining("position");
  }

  private static void refused(
      String field,
      int layers,
      int hidden,
      int heads,
      int kvHeads,
      int headDim,
      int ffn,
      int vocab,
      int context,
      double normEpsilon,
      double ropeBase) {
    ModelConfig config =
        new ModelConfig(
            "llama",
            layers,
            hidden,
            heads,
            kvHeads,
            headDim,
            ffn,
            vocab,
            context,
            normEpsilon,
            ropeBase,
            null,
            true);
    assertThatThrownBy(config::checked)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(field);
  }

  private static void scalingRefused(
      String field, double factor, double low, double high, int originalContext) {
    ModelConfig.RopeScaling scaling =
        new ModelConfig.RopeScaling(factor, low, high, originalContext);
    ModelConfig config = new ModelConfig("llama", 1, 8, 2, 1, 4, 8, 8, 8, 1e-5, 1e4, scaling, true);
    assertThatThrownBy(config::checked)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ropeScaling." + field);
  }
}
