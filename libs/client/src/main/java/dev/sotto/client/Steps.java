package dev.sotto.client;

/** The forward passes of one job, under sharing or in the clear: a prefill, then decode steps. */
@FunctionalInterface
public interface Steps {
  /**
   * Appends tokens to the sequence and returns the opened logits after the last of them.
   *
   * @param tokens [tokens], at least one
   * @return [vocab]
   */
  float[] next(int... tokens);
}
