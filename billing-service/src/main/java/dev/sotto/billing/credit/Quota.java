package dev.sotto.billing.credit;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether a cost fits. Amounts are micro-units.
 *
 * @param available what the tenant may still use
 * @param cap what the project may reserve and spend in the month; empty for no cap
 * @param used what of that is gone
 */
record Quota(long available, OptionalLong cap, long used) {
  /** Why a cost does not fit, for people; empty when it does. */
  Optional<String> refusal(long cost) {
    // Subtracting cannot overflow: nothing here is negative.
    if (cap.isPresent() && cost > cap.getAsLong() - used) {
      return Optional.of(
          "The project's cap for this month is reached; raise it, ask for fewer tokens, or wait");
    }
    if (cost > available) {
      return Optional.of(
          "The credit does not cover this request; add credit or ask for fewer tokens");
    }
    return Optional.empty();
  }
}
