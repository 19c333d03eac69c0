package dev.sotto.embedded.chaos;

import dev.sotto.client.lane.LaneException;
import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.ModelPin;
import dev.sotto.client.platform.PlatformJob;
import dev.sotto.client.platform.ResumingSteps;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.TrustRoots;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** An enclave of its own, as a sidecar has one, which goes on as far as it is let. */
final class SealedAsking implements Asking {
  static final int TOKENS = 6;
  private static final InstantSource CLOCK = InstantSource.system();

  private final String url;
  private final String key;
  private final TrustRoots roots;
  private final ModelPin pin;
  private final int[] prompt;
  private final Instant deadline = CLOCK.instant().plus(DEADLINE);
  private final List<String> jobs = new CopyOnWriteArrayList<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Semaphore steps = new Semaphore(0);
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger come = new AtomicInteger();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  private SealedAsking(String url, String key, TrustRoots roots, ModelPin pin, int[] prompt) {
    this.url = url;
    this.key = key;
    this.roots = roots;
    this.pin = pin;
    this.prompt = prompt;
  }

  /** Asks; runs no step before it is let. */
  static SealedAsking ask(String url, String key, TrustRoots roots, ModelPin pin, int[] prompt) {
    SealedAsking asking = new SealedAsking(url, key, roots, pin, prompt);
    Thread.ofVirtual().name("sealed-caller").start(asking::run);
    return asking;
  }

  private void run() {
    List<Integer> tokens = new ArrayList<>();
    try (HttpJobChannel channel = new HttpJobChannel(url, key, CLOCK)) {
      try (ResumingSteps job =
          new ResumingSteps(
              (prompted, most) -> open(channel, prompted, most),
              prompt.length,
              TOKENS,
              deadline,
              CLOCK)) {
        opened.countDown();
        int[] feed = prompt;
        while (tokens.size() < TOKENS) {
          steps.acquire();
          int token = best(job.next(feed));
          tokens.add(token);
          come.incrementAndGet();
          feed = new int[] {token};
        }
        end.await();
        job.finished();
      }
      outcome.complete(new Outcome.Answered(tokens.toString()));
    } catch (JobRefused e) {
      outcome.complete(new Outcome.Refused(e.code(), e.retryable(), tokens.toString()));
    } catch (LaneException e) {
      outcome.complete(new Outcome.Refused(e.code().name(), e.retryable(), tokens.toString()));
    } catch (InterruptedException | RuntimeException e) {
      outcome.completeExceptionally(e);
    }
  }

  private PlatformJob open(HttpJobChannel channel, int prompted, int most) {
    JobId id = JobId.random(new SecureRandom());
    jobs.add(id.toString());
    return PlatformJob.open(
        channel,
        roots,
        pin,
        new JobRequest(id, "small", Protection.PASSIVE, prompted, most, deadline),
        CLOCK);
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int token = 1; token < logits.length; token++) {
      best = logits[token] > logits[best] ? token : best;
    }
    return best;
  }

  /** Waits until it has asked for its first job. */
  String firstJob() throws InterruptedException {
    Patience.until(() -> "a first job", DEADLINE, () -> !jobs.isEmpty());
    return jobs.getFirst();
  }

  /** Waits until its first job has a lane. */
  void awaitPlaced() throws InterruptedException {
    Patience.until(() -> "a lane", DEADLINE, () -> opened.getCount() == 0);
  }

  /** Lets it run so many more steps. */
  void allow(int more) {
    steps.release(more);
  }

  /** Lets it go on to the end. */
  void allowAll() {
    steps.release(TOKENS);
    end.countDown();
  }

  @Override
  public int come() {
    return come.get();
  }

  @Override
  public Outcome outcome() throws InterruptedException {
    try {
      Duration left = Duration.between(CLOCK.instant(), deadline).plusSeconds(10);
      return outcome.get(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the enclave failed", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("neither an answer nor an error came before the deadline", e);
    }
  }
}
