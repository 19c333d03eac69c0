package dev.sotto.models.source;

/** Hears how far a fetch is. Called often, from the fetching thread; must return soon. */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (what, done, total) -> {};

  /**
   * {@code done} of {@code total} bytes.
   *
   * @param what a phrase for people: {@code downloading SmolLM2-135M-Instruct.Q4_1.gguf}
   * @param done bytes so far
   * @param total bytes in all, or −1 where nobody knows
   */
  void at(String what, long done, long total);
}
