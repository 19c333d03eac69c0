package dev.sotto.billing.pricing;

import java.util.Objects;

/**
 * What tokens cost.
 *
 * @param version of the price book that it is from
 * @param promptPerMillion micro-units for a million tokens of the prompt
 * @param completionPerMillion micro-units for a million tokens of the answer
 */
public record Price(int version, long promptPerMillion, long completionPerMillion) {
  /** The highest price, so that no cost overflows: a million units for a million tokens. */
  public static final long MOST = 1_000_000_000_000L;

  private static final long MILLION = 1_000_000;
  private static final int MOST_TOKENS = 1 << 21;

  /** IllegalArgumentException for a price out of bounds. */
  public Price {
    Objects.checkIndex(promptPerMillion, MOST + 1);
    Objects.checkIndex(completionPerMillion, MOST + 1);
  }

  /** What a job costs, in micro-units, rounded up once. */
  public long cost(int promptTokens, int completionTokens) {
    Objects.checkIndex(promptTokens, MOST_TOKENS);
    Objects.checkIndex(completionTokens, MOST_TOKENS);
    long millionths =
        Math.addExact(
            Math.multiplyExact(promptTokens, promptPerMillion),
            Math.multiplyExact(completionTokens, completionPerMillion));
    return Math.ceilDiv(millionths, MILLION);
  }
}
