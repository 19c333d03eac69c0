package dev.sotto.models.shard;

import java.util.ArrayList;
import java.util.List;

/**
 * A contiguous range of a model's layers.
 *
 * @param index which stage, from 0
 * @param count stages of the model
 * @param firstLayer its first layer
 * @param layers how many layers, at least one
 */
public record Stage(int index, int count, int firstLayer, int layers) {
  /**
   * Splits {@code layers} layers into {@code count} stages as even as can be, longer ones first; a
   * {@link ShardException} unless 1 ≤ count ≤ layers.
   */
  public static List<Stage> split(int layers, int count) {
    if (count < 1 || count > layers) {
      throw new ShardException(
          "stages: a model of " + layers + " layers has 1 to " + layers + " stages, not " + count);
    }
    List<Stage> stages = new ArrayList<>();
    for (int index = 0, first = 0; index < count; index++) {
      int length = layers / count + (index < layers % count ? 1 : 0);
      stages.add(new Stage(index, count, first, length));
      first += length;
    }
    return List.copyOf(stages);
  }

  /** Whether tokens come in here: the stage with the embedding. */
  public boolean isFirst() {
    return index == 0;
  }

  /** Whether logits come out here: the stage with the final norm and the output projection. */
  public boolean isLast() {
    return index == count - 1;
  }

  /** One past its last layer. */
  public int endLayer() {
    return firstLayer + layers;
  }

  void check(int modelLayers) {
    if (count < 1 || count > modelLayers || index < 0 || index >= count) {
      throw new ShardException("stage: number " + index + " of " + count + " does not exist");
    }
    boolean fits =
        layers >= 1
            && firstLayer >= index
            && layers <= modelLayers - firstLayer
            && isFirst() == (firstLayer == 0)
            && isLast() == (endLayer() == modelLayers);
    if (!fits) {
      throw new ShardException(
          "stage: %d layers from layer %d cannot be stage %d of %d of a model of %d layers"
              .formatted(layers, firstLayer, index, count, modelLayers));
    }
  }
}
