package dev.sotto.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A contiguous range of layers and who computes it.
 *
 * @param firstLayer its first layer
 * @param lastLayer its last layer, which it includes
 * @param dealer the dealer's node
 * @param evaluator0 evaluator-0's node
 * @param evaluator1 evaluator-1's node
 */
public record LaneStage(
    int firstLayer,
    int lastLayer,
    LaneNode dealer,
    @JsonProperty("evaluator-0") LaneNode evaluator0,
    @JsonProperty("evaluator-1") LaneNode evaluator1) {
  /** The most layers of a model. */
  public static final int MAX_LAYERS = 4096;

  /** BadMessage when the range is none. */
  public LaneStage {
    Check.range("Lane.firstLayer", firstLayer, 0, MAX_LAYERS - 1L);
    Check.range("Lane.lastLayer", lastLayer, firstLayer, MAX_LAYERS - 1L);
  }

  /** The node in a role. */
  public LaneNode node(Role role) {
    return switch (role) {
      case DEALER -> dealer;
      case EVALUATOR_0 -> evaluator0;
      case EVALUATOR_1 -> evaluator1;
    };
  }
}
