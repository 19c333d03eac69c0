package dev.sotto.contracts;

/**
 * What a job has cost at one node since it was opened, as packed payload without the links'
 * framing. All of it follows from public shapes.
 *
 * @param rounds messages between the evaluators that waited for one another
 * @param dealtBytes bytes from the dealer to evaluator-1, look-ups included; as far as they are
 *     used
 * @param openedBytes bytes from this evaluator to the other
 */
public record Usage(long rounds, long dealtBytes, long openedBytes) {
  /** Nothing yet. */
  public static final Usage NONE = new Usage(0, 0, 0);

  /** BadMessage when a count is negative. */
  public Usage {
    Check.range("Usage.rounds", rounds, 0, Long.MAX_VALUE);
    Check.range("Usage.dealtBytes", dealtBytes, 0, Long.MAX_VALUE);
    Check.range("Usage.openedBytes", openedBytes, 0, Long.MAX_VALUE);
  }

  /** What was added since {@code earlier}. */
  public Usage since(Usage earlier) {
    return new Usage(
        rounds - earlier.rounds,
        dealtBytes - earlier.dealtBytes,
        openedBytes - earlier.openedBytes);
  }

  /** Both together. */
  public Usage plus(Usage other) {
    return new Usage(
        rounds + other.rounds, dealtBytes + other.dealtBytes, openedBytes + other.openedBytes);
  }
}
