package dev.sotto.gateway.jobs;

import java.time.Duration;

/**
 * Bounds of the desk.
 *
 * @param mostJobs jobs that one instance waits for at once
 * @param longest the longest time from a request to its deadline
 * @param idle after so long without a step a job of the sealed API is cancelled
 */
public record DeskSettings(int mostJobs, Duration longest, Duration idle) {
  /** IllegalArgumentException, naming the field, for a bound outside its own. */
  public DeskSettings {
    if (mostJobs < 1 || mostJobs > 100_000) {
      throw new IllegalArgumentException("sotto.gateway.jobs.most must be from 1 to 100000");
    }
    if (longest.compareTo(Duration.ofSeconds(1)) < 0
        || longest.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("sotto.gateway.jobs.longest must be from 1s to 1h");
    }
    if (idle.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("sotto.gateway.jobs.idle must be 1s or more");
    }
  }
}
