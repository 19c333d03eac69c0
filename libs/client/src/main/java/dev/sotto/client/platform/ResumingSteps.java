package dev.sotto.client.platform;

import dev.sotto.client.Steps;
import dev.sotto.client.lane.LaneException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An answer that survives a lane: where one fails in a way that another try may mend, another job
 * is opened for the prompt and what was answered so far. What was sampled stays in the enclave and
 * goes on, so nothing is shown twice. The first other job is asked for at once, for there may be
 * another lane; later ones after pauses that grow, in which a lane or a service may come back, and
 * none after the deadline. Not thread-safe.
 */
public final class ResumingSteps implements Steps, AutoCloseable {
  /** Jobs that may be opened beyond the first. */
  public static final int TRIES = 5;

  private static final Duration SECOND_PAUSE = Duration.ofSeconds(1);

  private final Jobs jobs;
  private final int promptTokens;
  private final int maxTokens;
  private final Instant deadline;
  private final InstantSource clock;
  private final Pause pause;
  private PlatformJob job;
  private int[] fed = {};
  private int tries = TRIES;

  /** Opens jobs; each with an id of its own. */
  @FunctionalInterface
  public interface Jobs {
    /** As {@link PlatformJob#open}, for a sequence of this length and what may still come. */
    PlatformJob open(int promptTokens, int maxTokens);
  }

  /** Waits; ends early when the thread is interrupted. */
  @FunctionalInterface
  interface Pause {
    void of(Duration time);
  }

  /**
   * Opens the first job; its errors are the caller's.
   *
   * @param deadline after this the answer is of no use
   */
  public ResumingSteps(
      Jobs jobs, int promptTokens, int maxTokens, Instant deadline, InstantSource clock) {
    this(
        jobs,
        promptTokens,
        maxTokens,
        deadline,
        clock,
        time -> LockSupport.parkNanos(time.toNanos()));
  }

  ResumingSteps(
      Jobs jobs,
      int promptTokens,
      int maxTokens,
      Instant deadline,
      InstantSource clock,
      Pause pause) {
    this.jobs = jobs;
    this.promptTokens = promptTokens;
    this.maxTokens = maxTokens;
    this.deadline = deadline;
    this.clock = clock;
    this.pause = pause;
    this.job = jobs.open(promptTokens, maxTokens);
  }

  @Override
  public float[] next(int... tokens) {
    int[] all = Arrays.copyOf(fed, fed.length + tokens.length);
    System.arraycopy(tokens, 0, all, fed.length, tokens.length);
    int[] due = tokens;
    while (true) {
      try {
        float[] logits = job.next(due);
        fed = all;
        return logits;
      } catch (LaneException e) {
        job = another(all.length, e.retryable(), e);
      } catch (JobRefused e) {
        job = another(all.length, mayHelp(e), e);
      }
      due = all;
    }
  }

  /** The next job, or the first cause with later ones suppressed in it. */
  private PlatformJob another(int length, boolean retryable, RuntimeException cause) {
    int left = maxTokens - (length - promptTokens);
    @Nullable RuntimeException refused = null;
    while (retryable && left >= 1 && tries > 0 && waited(TRIES - tries)) {
      tries--;
      try {
        return jobs.open(length, left);
      } catch (JobRefused e) {
        refused = e;
        retryable = mayHelp(e);
      }
    }
    if (refused != null) {
      cause.addSuppressed(refused);
    }
    throw cause;
  }

  /** A gateway that is not there was looked for long enough before it was called so. */
  private static boolean mayHelp(JobRefused e) {
    return e.retryable() && !e.code().equals(HttpJobChannel.UNREACHABLE);
  }

  /** Pauses before another try: not before the first; false when there is no time for it. */
  private boolean waited(int before) {
    Duration time = before == 0 ? Duration.ZERO : SECOND_PAUSE.multipliedBy(1L << (before - 1));
    if (!clock.instant().plus(time).isBefore(deadline)) {
      return false;
    }
    if (before > 0) {
      pause.of(time);
    }
    return !Thread.currentThread().isInterrupted();
  }

  /** As {@link PlatformJob#finished}. */
  public void finished() {
    job.finished();
  }

  @Override
  public void close() {
    job.close();
  }

  @Override
  public String toString() {
    return "ResumingSteps[" + job + "]";
  }
}
