package dev.sotto.client.platform;

import dev.sotto.client.Steps;
import dev.sotto.client.lane.LaneException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An answer that survives a lane: where one fails in a way that another try may mend, another job
 * is opened for the prompt and what was answered so far. What was sampled stays in the enclave and
 * goes on, so nothing is shown twice. Not thread-safe.
 */
public final class ResumingSteps implements Steps, AutoCloseable {
  /** Jobs that may be opened beyond the first. */
  public static final int TRIES = 2;

  private final Jobs jobs;
  private final int promptTokens;
  private final int maxTokens;
  private PlatformJob job;
  private int[] fed = {};
  private int tries = TRIES;

  /** Opens jobs; each with an id of its own. */
  @FunctionalInterface
  public interface Jobs {
    /** As {@link PlatformJob#open}, for a sequence of this length and what may still come. */
    PlatformJob open(int promptTokens, int maxTokens);
  }

  /** Opens the first job; its errors are the caller's. */
  public ResumingSteps(Jobs jobs, int promptTokens, int maxTokens) {
    this.jobs = jobs;
    this.promptTokens = promptTokens;
    this.maxTokens = maxTokens;
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
        job = another(all.length, e.retryable(), e);
      }
      due = all;
    }
  }

  /** The next job, or the first cause with later ones suppressed in it. */
  private PlatformJob another(int length, boolean retryable, RuntimeException cause) {
    int left = maxTokens - (length - promptTokens);
    @Nullable RuntimeException refused = null;
    while (retryable && left >= 1 && tries > 0) {
      tries--;
      try {
        return jobs.open(length, left);
      } catch (JobRefused e) {
        refused = e;
        retryable = e.retryable();
      }
    }
    if (refused != null) {
      cause.addSuppressed(refused);
    }
    throw cause;
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
