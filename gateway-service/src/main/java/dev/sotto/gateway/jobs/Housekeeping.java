package dev.sotto.gateway.jobs;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sweeps as long as the gateway runs. */
final class Housekeeping implements AutoCloseable {
  private final Sweeper sweeper;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("gateway-sweeps").factory());

  Housekeeping(Sweeper sweeper) {
    this.sweeper = sweeper;
  }

  void start() {
    var _ =
        timer.scheduleWithFixedDelay(
            sweeper::sweep, 0, Sweeper.EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
