package dev.sotto.contracts.manifest;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.contracts.Check;
import dev.sotto.contracts.LaneStage;
import dev.sotto.contracts.Role;

/**
 * A contiguous range of layers and who computes it.
 *
 * @param firstLayer its first layer
 * @param lastLayer its last layer, which it includes
 * @param dealer the dealer's node
 * @param evaluator0 evaluator-0's node
 * @param evaluator1 evaluator-1's node
 */
public record ManifestStage(
    int firstLayer,
    int lastLayer,
    ManifestNode dealer,
    @JsonProperty("evaluator-0") ManifestNode evaluator0,
    @JsonProperty("evaluator-1") ManifestNode evaluator1) {
  /** BadMessage when the range is none. */
  public ManifestStage {
    Check.range("Manifest.firstLayer", firstLayer, 0, LaneStage.MAX_LAYERS - 1L);
    Check.range("Manifest.lastLayer", lastLayer, firstLayer, LaneStage.MAX_LAYERS - 1L);
  }

  /** The node in a role. */
  public ManifestNode node(Role role) {
    return switch (role) {
      case DEALER -> dealer;
      case EVALUATOR_0 -> evaluator0;
      case EVALUATOR_1 -> evaluator1;
    };
  }
}
