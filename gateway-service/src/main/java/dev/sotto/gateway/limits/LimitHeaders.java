package dev.sotto.gateway.limits;

import jakarta.servlet.http.HttpServletResponse;

/** The headers by which clients pace themselves. */
public final class LimitHeaders {
  private LimitHeaders() {}

  /** Sets them; does nothing once an answer has begun. */
  public static void set(HttpServletResponse response, LimitState state) {
    if (response.isCommitted()) {
      return;
    }
    set(response, "limit-requests", Long.toString(state.limits().requestsPerMinute()));
    set(response, "limit-tokens", Long.toString(state.limits().tokensPerMinute()));
    set(response, "remaining-requests", Long.toString(state.requests()));
    set(response, "remaining-tokens", Long.toString(state.tokens()));
    set(response, "reset-requests", LimitState.written(state.requestsReset()));
    set(response, "reset-tokens", LimitState.written(state.tokensReset()));
  }

  private static void set(HttpServletResponse response, String name, String value) {
    response.setHeader("x-ratelimit-" + name, value);
  }
}
