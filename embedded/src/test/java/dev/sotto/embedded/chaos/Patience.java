package dev.sotto.embedded.chaos;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what comes to hold. */
final class Patience {
  private static final int LOOK_MILLIS = 10;

  private Patience() {}

  /** Returns once it holds; AssertionError with {@code what} if it does not within {@code most}. */
  static void until(Supplier<String> what, Duration most, BooleanSupplier holds)
      throws InterruptedException {
    long start = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - start > most.toNanos()) {
        throw new AssertionError("does not come to hold: " + what.get());
      }
      pause();
    }
  }

  static void pause() throws InterruptedException {
    boolean _ = new CountDownLatch(1).await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }
}
