package dev.sotto.embedded.testing;

import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.ModelPin;
import dev.sotto.client.platform.PlatformJob;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.TrustRoots;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** An enclave in this process that is led step by step: one job of a home's platform. */
public final class OwnEnclave implements AutoCloseable {
  private static final int MOST_TOKENS = 64;

  private final HttpJobChannel channel;
  private final PlatformJob job;
  private final JobId id = JobId.random(new SecureRandom());

  private OwnEnclave(UserHome home, Protection protection, int promptTokens) throws IOException {
    InstantSource clock = InstantSource.system();
    String key = Files.readString(home.platform().key()).strip();
    String url = Files.readString(home.platform().gatewayUrl()).strip();
    channel = new HttpJobChannel(url, key, clock);
    try {
      job =
          PlatformJob.open(
              channel,
              TrustRoots.decode(Files.readAllBytes(home.platform().roots())),
              ModelPin.of(channel.publicPart("small")),
              new JobRequest(
                  id,
                  "small",
                  protection,
                  promptTokens,
                  MOST_TOKENS,
                  clock.instant().plus(Duration.ofMinutes(5))),
              clock);
    } catch (RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Opens a job and waits until it has its lanes. */
  public static OwnEnclave open(UserHome home, Protection protection, int promptTokens)
      throws IOException {
    return new OwnEnclave(home, protection, promptTokens);
  }

  /** Its id, 32 hexadecimal digits. */
  public String id() {
    return id.toString();
  }

  /** The next logits; errors as {@link PlatformJob#next}. */
  public float[] next(int... tokens) {
    return job.next(tokens);
  }

  /** The answer is complete. */
  public void finished() {
    job.finished();
  }

  @Override
  public void close() {
    try {
      job.close();
    } finally {
      channel.close();
    }
  }
}
