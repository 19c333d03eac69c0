package dev.sotto.openai;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting, without a sleep. */
final class Until {
  private Until() {}

  /** Whether a latch came down in time. */
  static boolean passed(CountDownLatch latch, Duration most) {
    try {
      return latch.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
