package dev.sotto.models;

import dev.sotto.nn.ModelConfig;

/**
 * What a configuration may say. The bounds are well above any Llama that exists and keep products
 * inside an int.
 */
public final class ConfigBounds {
  private static final int MOST_LAYERS = 1024;
  private static final int MOST_WIDTH = 1 << 17;
  private static final int MOST_HEADS = 1024;
  private static final int MOST_HEAD_DIM = 1024;
  private static final int MOST_FFN = 1 << 19;
  private static final int MOST_VOCAB = 1 << 21;
  private static final int MOST_CONTEXT = 1 << 24;

  private ConfigBounds() {}

  /**
   * The configuration itself, or a {@link ModelException} that names the first field that is out of
   * bounds.
   */
  public static ModelConfig check(String file, ModelConfig c) {
    within(file, "layers", c.layers(), MOST_LAYERS);
    within(file, "hidden size", c.hidden(), MOST_WIDTH);
    within(file, "attention heads", c.heads(), MOST_HEADS);
    within(file, "key-value heads", c.kvHeads(), MOST_HEADS);
    within(file, "head dimension", c.headDim(), MOST_HEAD_DIM);
    within(file, "feed-forward size", c.ffn(), MOST_FFN);
    within(file, "vocabulary size", c.vocab(), MOST_VOCAB);
    within(file, "context length", c.context(), MOST_CONTEXT);
    if (c.heads() % c.kvHeads() != 0) {
      throw bad(file, "key-value heads", c.kvHeads() + " do not divide " + c.heads() + " heads");
    }
    if (c.headDim() % 2 != 0) {
      throw bad(file, "head dimension", c.headDim() + " is odd, so it has no rotary halves");
    }
    if (!(c.normEpsilon() > 0 && c.normEpsilon() < 1)) {
      throw bad(file, "RMS norm epsilon", c.normEpsilon() + " is not between 0 and 1");
    }
    if (!(c.ropeBase() > 1 && c.ropeBase() <= 1e12)) {
      throw bad(file, "rotary base", c.ropeBase() + " is not above 1 and at most 1e12");
    }
    ModelConfig.RopeScaling s = c.ropeScaling();
    if (s != null) {
      boolean sound =
          s.factor() >= 1
              && s.factor() <= 1e6
              && s.lowFrequency() > 0
              && s.highFrequency() > s.lowFrequency()
              && s.highFrequency() <= 1e6
              && s.originalContext() > 0
              && s.originalContext() <= MOST_CONTEXT;
      if (!sound) {
        throw bad(file, "rotary scaling", "its factors do not fit together: " + s);
      }
    }
    return c;
  }

  private static void within(String file, String field, int value, int most) {
    if (value < 1 || value > most) {
      throw bad(file, field, value + " is not between 1 and " + most);
    }
  }

  private static ModelException bad(String file, String field, String problem) {
    return new ModelException(
        "%s: %s: %s; fetch the model again or take another.".formatted(file, field, problem));
  }
}
