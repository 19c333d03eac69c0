package dev.sotto.links;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One thread for all links of a process, which looks at each now and then. Sockets have no time-out
 * for writes, and who is stuck in one cannot watch itself.
 */
final class StallWatch {
  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private StallWatch() {}

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("sotto-link-watch").daemon().factory());
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  /** Runs {@code look}, which is brief and throws nothing, in every period until cancelled. */
  static Future<?> every(Duration period, Runnable look) {
    long nanos = Math.max(1_000_000, period.toNanos());
    return CLOCK.scheduleWithFixedDelay(look, nanos, nanos, TimeUnit.NANOSECONDS);
  }
}
