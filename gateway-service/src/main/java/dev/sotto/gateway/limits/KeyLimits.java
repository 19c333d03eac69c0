package dev.sotto.gateway.limits;

/**
 * How much one key may ask for.
 *
 * @param requestsPerMinute answers asked for in a minute, 1 to 1,000,000
 * @param tokensPerMinute tokens read and answered in a minute, 1 to 1,000,000,000
 * @param concurrentJobs jobs at once, 1 to 10,000
 */
public record KeyLimits(int requestsPerMinute, int tokensPerMinute, int concurrentJobs) {
  /** The most that can be set. */
  public static final KeyLimits MOST = new KeyLimits(1_000_000, 1_000_000_000, 10_000);

  /** IllegalArgumentException, naming the field, for a number outside its bounds. */
  public KeyLimits {
    check("requestsPerMinute", requestsPerMinute, 1_000_000);
    check("tokensPerMinute", tokensPerMinute, 1_000_000_000);
    check("concurrentJobs", concurrentJobs, 10_000);
  }

  private static void check(String field, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(field + " must be from 1 to " + most);
    }
  }
}
