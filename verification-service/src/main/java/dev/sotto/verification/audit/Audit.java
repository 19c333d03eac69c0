package dev.sotto.verification.audit;

import dev.sotto.client.lane.LaneException;
import dev.sotto.client.platform.JobChannel;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.LaneDistrusted;
import dev.sotto.client.platform.LaneWitness;
import dev.sotto.client.platform.ModelPin;
import dev.sotto.client.platform.PlatformJob;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.audit.AnswerBook;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.TrustRoots;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One audit: a job like a caller's, fed a stretch of a known sequence, each lane's logits held
 * against the clear model's. It runs to its end whatever it sees, so that nodes see no effect of
 * what they do but what any caller's job would show them.
 */
final class Audit {
  /** Most that a mean-centred logit may be off; two lanes may differ by as much. */
  static final float BOUND = 0.5f;

  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final JobChannel channel;
  private final TrustRoots roots;
  private final ModelPin model;
  private final String name;
  private final AnswerBook book;
  private final InstantSource clock;
  private final SecureRandom random;

  Audit(
      JobChannel channel,
      TrustRoots roots,
      ModelPin model,
      String name,
      AnswerBook book,
      InstantSource clock,
      SecureRandom random) {
    this.channel = channel;
    this.roots = roots;
    this.model = model;
    this.name = name;
    this.book = book;
    this.clock = clock;
    this.random = random;
  }

  /** Holds lanes against one sequence of the book. */
  private final class Witness implements LaneWitness {
    private final int sequence;
    private final SequencedMap<String, LaneFinding> findings = new LinkedHashMap<>();
    private float[] right = {};

    Witness(int sequence) {
      this.sequence = sequence;
    }

    void expect(int position) {
      right = book.logits(sequence, position);
    }

    @Override
    public void answered(Manifest lane, String manifestDigest, float[] logits) {
      LaneFinding before =
          findings.getOrDefault(manifestDigest, new LaneFinding(lane, manifestDigest, 0, true));
      boolean passed = before.passed() && close(logits, right);
      findings.put(
          manifestDigest, new LaneFinding(lane, manifestDigest, before.steps() + 1, passed));
    }
  }

  /**
   * Runs one; what it says of the lanes that it ran on. Empty when no step was answered: whether
   * lanes can be reached is no matter of audits.
   */
  Collection<LaneFinding> run(JobId job, Shape drawn) {
    int sequence = random.nextInt(book.sequences());
    int[] tokens = book.tokens(sequence);
    Shape shape = drawn.within(tokens.length);
    Witness witness = new Witness(sequence);
    JobRequest request =
        new JobRequest(
            job,
            name,
            shape.protection(),
            shape.promptTokens(),
            shape.maxTokens(),
            clock.instant().plus(PATIENCE));
    try (PlatformJob running = PlatformJob.open(channel, roots, model, request, clock, witness)) {
      int[] prompt = java.util.Arrays.copyOf(tokens, shape.promptTokens());
      witness.expect(prompt.length - 1);
      float[] _ = running.next(prompt);
      for (int i = 1; i < shape.answeredTokens(); i++) {
        int position = prompt.length - 1 + i;
        witness.expect(position);
        float[] _ = running.next(tokens[position]);
      }
      running.finished();
    } catch (LaneDistrusted | LaneException | JobRefused e) {
      // What was seen until then counts; who is gone or unreachable is no liar.
      LOG.info("audit {} was not finished: {}", job, e.getMessage());
      leave(job);
    }
    return Map.copyOf(witness.findings).values();
  }

  /** One that was not opened in time may be placed yet. */
  private void leave(JobId job) {
    try {
      channel.end(job, Reason.CANCELLED);
    } catch (JobRefused e) {
      // It was never heard of, or nobody can be told: its deadline ends it.
    }
  }

  static boolean close(float[] logits, float[] right) {
    if (logits.length != right.length) {
      return false;
    }
    double shift = 0;
    for (int i = 0; i < right.length; i++) {
      shift += logits[i] - right[i];
    }
    shift /= right.length;
    for (int i = 0; i < right.length; i++) {
      if (!(Math.abs(logits[i] - right[i] - shift) <= BOUND)) {
        return false;
      }
    }
    return true;
  }
}
