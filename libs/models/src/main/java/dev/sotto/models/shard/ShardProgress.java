package dev.sotto.models.shard;

/** Hears how far a cut or a verification is; called on the working thread, at least per matrix. */
@FunctionalInterface
public interface ShardProgress {
  /** For who does not listen. */
  ShardProgress NONE = (matrix, doneBytes, totalBytes) -> {};

  /**
   * {@code doneBytes} of {@code totalBytes} of masked words are done; {@code matrix} is in work.
   */
  void at(String matrix, long doneBytes, long totalBytes);
}
