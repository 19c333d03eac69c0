package dev.sotto.gateway.limits;

import java.time.Duration;

/**
 * What a key has left.
 *
 * @param limits what it may have
 * @param requests requests left
 * @param tokens tokens left
 * @param requestsReset until all requests are back
 * @param tokensReset until all tokens are back
 * @param retryAfter how long a request that these limits refused just now should wait; zero if none
 *     was
 */
public record LimitState(
    KeyLimits limits,
    long requests,
    long tokens,
    Duration requestsReset,
    Duration tokensReset,
    Duration retryAfter) {
  /** A time as the headers have it: {@code 6m0s}, {@code 1.5s}, {@code 20ms}. */
  public static String written(Duration time) {
    long millis = time.toMillis();
    if (millis < 1000) {
      return millis + "ms";
    }
    long minutes = millis / 60_000;
    long rest = millis % 60_000;
    String seconds =
        rest % 1000 == 0
            ? Long.toString(rest / 1000)
            : "%d.%03d".formatted(rest / 1000, rest % 1000).replaceAll("0+$", "");
    return (minutes > 0 ? minutes + "m" : "") + seconds + "s";
  }
}
