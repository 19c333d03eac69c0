package dev.sotto.gateway.limits;

import dev.sotto.client.platform.JobRefused;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What one key has left. */
final class KeyBuckets {
  final KeyLimits limits;
  final Bucket requests;
  final Bucket tokens;
  private static final long RECENT_NANOS = Duration.ofSeconds(1).toNanos();

  private record Refused(long at, Duration pause) {}

  private final AtomicInteger jobs;
  private volatile @Nullable Refused last;

  private KeyBuckets(KeyLimits limits, AtomicInteger jobs) {
    this.limits = limits;
    this.requests = Limits.bucket(limits.requestsPerMinute());
    this.tokens = Limits.bucket(limits.tokensPerMinute());
    this.jobs = jobs;
  }

  /** With other limits than before it starts full, but keeps its jobs. */
  static KeyBuckets of(KeyLimits limits, @Nullable KeyBuckets before) {
    return new KeyBuckets(limits, before == null ? new AtomicInteger() : before.jobs);
  }

  boolean enter(int most) {
    int before = jobs.getAndUpdate(now -> now < most ? now + 1 : now);
    return before < most;
  }

  void leave() {
    jobs.decrementAndGet();
  }

  JobRefused refuse(String rule, long nanos) {
    long seconds = Math.max(1, Math.ceilDiv(nanos, 1_000_000_000L));
    last = new Refused(System.nanoTime(), Duration.ofSeconds(seconds));
    return new JobRefused(
        JobRefused.Kind.LIMITED,
        "rate_limit_exceeded",
        rule + "; try again in " + seconds + " s.",
        true);
  }

  /** What a request that was refused just now should wait; nothing if none was. */
  Duration waitAfterRefusal() {
    Refused refused = last;
    return refused != null && System.nanoTime() - refused.at() < RECENT_NANOS
        ? refused.pause()
        : Duration.ZERO;
  }

  /** Forgetting it changes nothing. */
  boolean untouched() {
    return jobs.get() == 0
        && requests.getAvailableTokens() >= limits.requestsPerMinute()
        && tokens.getAvailableTokens() >= limits.tokensPerMinute();
  }
}
