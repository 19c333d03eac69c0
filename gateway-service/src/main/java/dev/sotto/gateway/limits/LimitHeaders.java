package dev.sotto.gateway.limits;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;

/** The headers by which clients pace themselves. */
public final class LimitHeaders {
  private LimitHeaders() {}

  /** Their names and values. */
  public static Map<String, String> of(LimitState state) {
    return Map.of(
        "x-ratelimit-limit-requests", Integer.toString(state.limits().requestsPerMinute()),
        "x-ratelimit-limit-tokens", Integer.toString(state.limits().tokensPerMinute()),
        "x-ratelimit-remaining-requests", Long.toString(state.requests()),
        "x-ratelimit-remaining-tokens", Long.toString(state.tokens()),
        "x-ratelimit-reset-requests", LimitState.written(state.requestsReset()),
        "x-ratelimit-reset-tokens", LimitState.written(state.tokensReset()));
  }

  /** Sets them; does nothing once an answer has begun. */
  static void set(HttpServletResponse response, LimitState state) {
    if (!response.isCommitted()) {
      of(state).forEach(response::setHeader);
    }
  }
}
