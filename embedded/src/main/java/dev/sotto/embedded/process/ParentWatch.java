package dev.sotto.embedded.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends this process when the one that started it is gone, however it went: the other end of its
 * input closes then.
 */
public final class ParentWatch {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private ParentWatch() {}

  /** Starts watching. */
  public static void start(InputStream in) {
    Thread.ofPlatform().name("sotto-parent").daemon().start(() -> watch(in));
  }

  private static void watch(InputStream in) {
    try {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      // as good as its end
    }
    Thread.ofPlatform().name("sotto-halt").daemon().start(ParentWatch::halt);
    System.exit(0);
  }

  /** Good order takes too long: nobody is there to wait for it. */
  private static void halt() {
    try {
      boolean _ = new CountDownLatch(1).await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }
}
