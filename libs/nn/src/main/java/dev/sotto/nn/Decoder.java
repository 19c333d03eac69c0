package dev.sotto.nn;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A stage's blocks: layers {@code from} (inclusive) to {@code to} (exclusive) of a model, counted
 * over all stages. What comes before (the embedding) and after (final norm and logits) is not here:
 * the shared side has protocols of its own for them.
 *
 * @param <V> the arithmetic's values
 */
public final class Decoder<V> {
  private final List<Block<V>> blocks;

  /**
   * @throws IllegalArgumentException if the range is empty or starts below 0
   */
  public Decoder(int from, int to) {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException(
          "a stage needs at least one layer, but this one is " + from + " to " + to);
    }
    blocks = IntStream.range(from, to).mapToObj(layer -> new Block<V>(layer)).toList();
  }

  /** h ↦ the residual stream after the stage's blocks. [tokens, hidden] → [tokens, hidden] */
  public V blocks(Arithmetic<V> a, V h, Step step) {
    for (Block<V> block : blocks) {
      h = block.run(a, h, step);
    }
    return h;
  }
}
