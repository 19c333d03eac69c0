package dev.sotto.node.compute;

import dev.sotto.mpc.function.KeyValues;
import dev.sotto.nn.Step;
import java.util.HashMap;
import java.util.Map;

/** What one job has cached at one role, by layer, and the step that adds to it. */
final class Sequence {
  private final int width;
  private final Map<String, KeyValues> caches = new HashMap<>();
  private Step step = new Step(0, 0, 1);

  /** Nothing cached; a layer's keys, and its values, are {@code width} words a token. */
  Sequence(int width) {
    this.width = width;
  }

  /** The step that runs from now on. */
  void begin(Step next) {
    step = next;
  }

  Step step() {
    return step;
  }

  /** The cache of the layer at {@code at}, which ends where the step begins. */
  KeyValues cache(String at) {
    KeyValues cache = caches.computeIfAbsent(at, a -> new KeyValues(width));
    if (cache.tokens() != step.position()) {
      throw new IllegalStateException(
          "the cache of " + at + " does not end at this step's position");
    }
    return cache;
  }
}
