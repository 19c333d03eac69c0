package dev.sotto.node.compute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.models.shard.ModelMatrices;
import dev.sotto.mpc.function.HeadShape;
import org.junit.jupiter.api.Test;

class ScoreUnitTest {
  /** The publisher folds it into the query weights, the exponential takes it out again. */
  @Test
  void publisherAndProtocolMeanTheSameUnit() {
    assertThat(ModelMatrices.SCORE_UNIT).isEqualTo(HeadShape.SCORE_UNIT);
  }
}
