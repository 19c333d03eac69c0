package dev.sotto.gateway.limits;

import dev.sotto.client.platform.JobRefused;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What each key has left: requests and tokens in a minute, which come back evenly, and jobs at
 * once. In memory, so of this instance alone: with several instances a key may have up to as many
 * times its limit as there are instances.
 */
public final class Limits {
  private static final int MANY = 10_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final long A_MOMENT = Duration.ofSeconds(1).toNanos();

  private final ConcurrentMap<UUID, KeyBuckets> keys = new ConcurrentHashMap<>();

  /**
   * Takes one request of a key's.
   *
   * @throws JobRefused {@code rate_limit_exceeded}, if none is left
   */
  public void request(UUID key, KeyLimits limits) {
    KeyBuckets buckets = buckets(key, limits);
    ConsumptionProbe probe = buckets.requests.tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw buckets.refuse(
          "This key may send " + limits.requestsPerMinute() + " requests a minute",
          probe.getNanosToWaitForRefill());
    }
  }

  /**
   * Takes a place for a job, and the most tokens that it can cost.
   *
   * @param tokens prompt and longest answer
   * @throws JobRefused {@code rate_limit_exceeded}, if there is no place or too few are left
   */
  public Reservation reserve(UUID key, KeyLimits limits, long tokens) {
    if (tokens > limits.tokensPerMinute()) {
      throw new JobRefused(
          JobRefused.Kind.LIMITED,
          "rate_limit_exceeded",
          "This request may take %d tokens and its key has %d a minute; ask for fewer."
              .formatted(tokens, limits.tokensPerMinute()),
          false);
    }
    KeyBuckets buckets = buckets(key, limits);
    if (!buckets.enter(limits.concurrentJobs())) {
      throw buckets.refuse(
          "This key may have " + limits.concurrentJobs() + " jobs at once", A_MOMENT);
    }
    ConsumptionProbe probe = buckets.tokens.tryConsumeAndReturnRemaining(tokens);
    if (!probe.isConsumed()) {
      buckets.leave();
      throw buckets.refuse(
          "This key may take " + limits.tokensPerMinute() + " tokens a minute",
          probe.getNanosToWaitForRefill());
    }
    return new Reservation(buckets, tokens);
  }

  /** What a key has left. */
  public LimitState state(UUID key, KeyLimits limits) {
    KeyBuckets buckets = buckets(key, limits);
    long requests = Math.max(0, buckets.requests.getAvailableTokens());
    long tokens = Math.max(0, buckets.tokens.getAvailableTokens());
    return new LimitState(
        limits,
        requests,
        tokens,
        untilFull(requests, limits.requestsPerMinute()),
        untilFull(tokens, limits.tokensPerMinute()),
        buckets.waitAfterRefusal());
  }

  private static Duration untilFull(long left, long most) {
    return Duration.ofMillis(Math.ceilDiv(MINUTE.toMillis() * Math.max(0, most - left), most));
  }

  private KeyBuckets buckets(UUID key, KeyLimits limits) {
    if (keys.size() > MANY) {
      keys.values().removeIf(KeyBuckets::untouched);
    }
    return keys.compute(
        key,
        (id, known) ->
            known != null && known.limits.equals(limits) ? known : KeyBuckets.of(limits, known));
  }

  static Bucket bucket(long perMinute) {
    return Bucket.builder()
        .addLimit(Bandwidth.builder().capacity(perMinute).refillGreedy(perMinute, MINUTE).build())
        .build();
  }
}
