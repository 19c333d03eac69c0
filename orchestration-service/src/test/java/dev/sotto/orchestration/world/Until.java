package dev.sotto.orchestration.world;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for what comes to hold, as long as a busy machine may take. */
public final class Until {
  private static final Duration MOST = Duration.ofSeconds(40);

  private Until() {}

  /** Returns once it holds; fails after a while. */
  public static void holds(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + MOST.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("does not come to hold: " + what);
      }
      pause();
    }
  }

  /** What is there at last; fails after a while. */
  public static <T> T there(String what, Supplier<@Nullable T> supplier) {
    long end = System.nanoTime() + MOST.toNanos();
    while (true) {
      T value = supplier.get();
      if (value != null) {
        return value;
      }
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("does not come: " + what);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      if (new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("nobody counts down");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
