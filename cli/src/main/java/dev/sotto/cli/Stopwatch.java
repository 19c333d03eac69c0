package dev.sotto.cli;

import java.util.function.LongSupplier;

/** Seconds between laps. */
final class Stopwatch {
  private final LongSupplier nanoTime;
  private long since;

  Stopwatch(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /** Seconds since the last lap, or the start. */
  double lap() {
    long now = nanoTime.getAsLong();
    double seconds = (now - since) / 1e9;
    since = now;
    return seconds;
  }
}
