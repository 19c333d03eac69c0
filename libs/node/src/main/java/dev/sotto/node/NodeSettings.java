package dev.sotto.node;

import java.time.Duration;

/**
 * A node's bounds.
 *
 * @param peerPatience how long a role waits for another that is due to speak
 * @param jobIdle how long a job may wait for its caller's next step
 * @param stockBytes dealt bytes that may lie ahead of their use, per job
 * @param stepsAhead decode steps whose mask products are made together
 * @param jobs jobs at once
 */
public record NodeSettings(
    Duration peerPatience, Duration jobIdle, long stockBytes, int stepsAhead, int jobs) {
  /** What a node on its own machine needs. */
  public static final NodeSettings DEFAULT =
      new NodeSettings(Duration.ofSeconds(60), Duration.ofMinutes(10), 32L << 20, 16, 8);

  /** These with another patience for peers. */
  public NodeSettings withPeerPatience(Duration patience) {
    return new NodeSettings(patience, jobIdle, stockBytes, stepsAhead, jobs);
  }

  /** These with so many jobs at once. */
  public NodeSettings withJobs(int most) {
    return new NodeSettings(peerPatience, jobIdle, stockBytes, stepsAhead, most);
  }

  /** Checks the bounds; errors name the field. */
  public NodeSettings {
    if (peerPatience.toMillis() < 100 || peerPatience.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("peerPatience must be from 100 ms to an hour");
    }
    if (jobIdle.compareTo(peerPatience) < 0 || jobIdle.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("jobIdle must be from peerPatience to a day");
    }
    if (stockBytes < 1 << 20) {
      throw new IllegalArgumentException("stockBytes must be at least 1 MiB, not " + stockBytes);
    }
    if (stepsAhead < 1 || stepsAhead > 256) {
      throw new IllegalArgumentException("stepsAhead must be 1 to 256, not " + stepsAhead);
    }
    if (jobs < 1 || jobs > 1024) {
      throw new IllegalArgumentException("jobs must be 1 to 1024, not " + jobs);
    }
  }
}
