package dev.sotto.openai;

import dev.sotto.client.platform.JobChannel;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.PlatformJob;
import dev.sotto.client.platform.ResumingSteps;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.TrustRoots;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/** An answer whose steps a platform runs; survives a lane that dies. */
public final class PlatformAnswer implements AnswerJob {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ResumingSteps steps;

  private PlatformAnswer(ResumingSteps steps) {
    this.steps = steps;
  }

  /**
   * Opens the first job and waits until it is placed and its lanes are verified.
   *
   * @param patience after this the answer is of no use
   * @param asked hears the id of every job, those included that go on after a lane has died; before
   *     the platform is asked for it
   */
  public static PlatformAnswer open(
      JobChannel channel,
      TrustRoots roots,
      ServedModel model,
      Protection protection,
      int promptTokens,
      int maxTokens,
      Duration patience,
      InstantSource clock,
      Consumer<JobId> asked) {
    Instant deadline = clock.instant().plus(patience);
    return new PlatformAnswer(
        new ResumingSteps(
            (prompt, most) -> {
              JobId job = JobId.random(RANDOM);
              asked.accept(job);
              return PlatformJob.open(
                  channel,
                  roots,
                  model.pin(),
                  new JobRequest(job, model.name(), protection, prompt, most, deadline),
                  clock);
            },
            promptTokens,
            maxTokens,
            deadline,
            clock));
  }

  @Override
  public float[] next(int... tokens) {
    return steps.next(tokens);
  }

  @Override
  public void finished() {
    steps.finished();
  }

  @Override
  public void close() {
    steps.close();
  }

  @Override
  public String toString() {
    return "PlatformAnswer[" + steps + "]";
  }
}
