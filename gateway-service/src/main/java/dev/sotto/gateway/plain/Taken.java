package dev.sotto.gateway.plain;

import dev.sotto.gateway.limits.LimitHeaders;
import dev.sotto.gateway.limits.LimitState;
import dev.sotto.gateway.limits.Reservation;
import dev.sotto.openai.Admission;
import java.util.Map;

/** A request that was taken in within its key's limits. */
record Taken(Reservation reservation, LimitState state) implements Admission {
  @Override
  public Map<String, String> headers() {
    return LimitHeaders.of(state);
  }

  @Override
  public void used(int promptTokens, int completionTokens) {
    reservation.settle((long) promptTokens + completionTokens);
  }

  @Override
  public void close() {
    reservation.settle(0);
  }
}
