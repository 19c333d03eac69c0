package dev.sotto.client.platform;

import dev.sotto.client.Steps;
import dev.sotto.client.lane.Blame;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.lane.StepCursor;
import dev.sotto.client.lane.TokenKeys;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.SealedPart;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.contracts.seal.SealKeyPair;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One job on the lanes that a platform has placed it on, from the enclave: the only place that sees
 * tokens and logits. The platform carries sealed parts and sees shapes, counts and timing.
 *
 * <p>Security: nothing is sealed before every lane's manifest has been verified against the
 * caller's own roots and the model in use. All lanes are fed the same tokens, each under look-up
 * keys, result key and contexts of its own; where there are several, their logits of a step are
 * compared before anything depends on them.
 *
 * <p>Not thread-safe.
 */
public final class PlatformJob implements Steps, AutoCloseable {
  private static final int NONCE_BYTES = 32;

  private final JobChannel channel;
  private final JobRequest request;
  private final List<LaneSeals> lanes;
  private final LaneWitness witness;
  private final StepCursor cursor;
  private final @Nullable DigestCheck check;
  private final SecureRandom random = new SecureRandom();
  private Reason reason = Reason.CANCELLED;
  private @Nullable RuntimeException undigested;
  private boolean over;
  private boolean failed; // a node has said so: the platform has heard it too

  /**
   * Opens a job, waits until it is placed, and verifies where.
   *
   * @param roots whom the caller believes
   * @param model what the caller uses
   * @throws JobRefused if the platform does not take it
   * @throws LaneDistrusted if it was placed where it may not run; the job is ended
   */
  public static PlatformJob open(
      JobChannel channel,
      TrustRoots roots,
      ModelPin model,
      JobRequest request,
      InstantSource clock) {
    return open(channel, roots, model, request, clock, LaneWitness.NONE);
  }

  /**
   * The same, with somebody who looks on.
   *
   * @param witness is shown what each lane answers
   */
  public static PlatformJob open(
      JobChannel channel,
      TrustRoots roots,
      ModelPin model,
      JobRequest request,
      InstantSource clock,
      LaneWitness witness) {
    Placement placement = channel.open(request);
    try {
      List<VerifiedLane> lanes = VerifiedLane.of(placement, request, roots, model, clock.instant());
      SecureRandom random = new SecureRandom();
      List<LaneSeals> seals = new ArrayList<>();
      for (VerifiedLane lane : lanes) {
        seals.add(seals(lane, request, model.vocab(), random));
      }
      return new PlatformJob(channel, request, seals, witness);
    } catch (LaneDistrusted e) {
      endQuietly(channel, request, Reason.DISTRUSTED, e);
      throw e;
    } catch (RuntimeException e) {
      endQuietly(channel, request, Reason.CANCELLED, e);
      throw e;
    }
  }

  private static LaneSeals seals(
      VerifiedLane lane, JobRequest request, int vocab, SecureRandom random) {
    SealKeyPair resultKey = SealKeyPair.create();
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    JobOpen open =
        new JobOpen(
            request.jobId(),
            lane.manifest().modelDigest(),
            lane.digest(),
            lane.manifest().laneId(),
            request.promptTokens(),
            request.maxTokens(),
            resultKey.publicKey().fingerprint(),
            Math.min(request.deadline().toEpochMilli(), lane.manifest().expiresAt()),
            Octets.wrap(nonce),
            request.protection() == Protection.COMPARED);
    return new LaneSeals(lane, open, resultKey, vocab, new TokenKeys(vocab, random));
  }

  private PlatformJob(
      JobChannel channel, JobRequest request, List<LaneSeals> lanes, LaneWitness witness) {
    this.witness = witness;
    this.channel = channel;
    this.request = request;
    this.lanes = List.copyOf(lanes);
    boolean digested = request.protection() == Protection.COMPARED;
    this.cursor = new StepCursor(request.promptTokens(), request.maxTokens(), digested);
    this.check = digested ? new DigestCheck(lanes.size()) : null;
  }

  /**
   * Runs the steps that these tokens need: first the whole prompt, then one token at a time. The
   * job is over after an error.
   *
   * @throws LaneException if a lane does not finish it
   * @throws JobRefused if the platform has ended it
   * @throws LaneDistrusted if lanes disagree
   */
  @Override
  public float[] next(int... tokens) {
    if (over) {
      throw new IllegalStateException("the job is over");
    }
    try {
      float[] logits = cursor.run(tokens, this::step);
      if (cursor.digestDue()) {
        digest();
      }
      return logits;
    } catch (LaneDistrusted e) {
      end(Reason.DISTRUSTED, e);
      throw e;
    } catch (LaneException e) {
      if (e.code() == Failure.Code.PEER_CHEATED) {
        end(Reason.DISTRUSTED, e);
      } else if (failed) {
        over = true; // a word of ours could come first, and a job that is cancelled is paid for
      } else {
        end(Reason.CANCELLED, e);
      }
      throw e;
    } catch (JobRefused e) {
      end(e.retryable() ? Reason.ABANDONED : Reason.CANCELLED, e);
      throw e;
    } catch (RuntimeException e) {
      end(Reason.CANCELLED, e);
      throw e;
    }
  }

  private float[] step(int serial, int position, int[] tokens, boolean answers) {
    List<SealedPart> parts = new ArrayList<>();
    for (LaneSeals lane : lanes) {
      parts.addAll(lane.seal(serial, position, tokens));
    }
    List<PartialResult> results = send(serial, tokens.length, parts);
    List<float[]> logits = new ArrayList<>();
    for (LaneSeals lane : lanes) {
      float[] opened = lane.open(serial, results, answers);
      logits.add(opened);
      if (answers) {
        witness.answered(lane.lane().manifest(), lane.lane().digest(), opened);
      }
    }
    if (answers && !LaneComparison.agree(logits)) {
      throw LaneDistrusted.disagreement();
    }
    if (answers && check != null) {
      check.keep(logits);
    }
    return logits.getFirst();
  }

  /** Outputs first, rows after: the seed is drawn now that every lane's are here. */
  private void digest() {
    int serial = cursor.serial();
    StepPlan.Window window = cursor.digested();
    DigestPads pads = new DigestPads(window.count(), random);
    List<SealedPart> parts = new ArrayList<>();
    for (LaneSeals lane : lanes) {
      parts.addAll(lane.sealDigest(serial, pads));
    }
    List<PartialResult> results = send(serial, 0, parts);
    List<byte[]> digests = new ArrayList<>();
    for (LaneSeals lane : lanes) {
      byte[] digest = lane.openDigest(serial, results, window.count());
      pads.removeFromLogits(digest);
      digests.add(digest);
    }
    if (check != null && !check.passes(pads.seed().toArray(), window, digests)) {
      throw LaneDistrusted.disagreement();
    }
  }

  private List<PartialResult> send(int serial, int tokens, List<SealedPart> parts) {
    SealedResults answered = channel.step(new SealedStep(request.jobId(), serial, tokens, parts));
    if (!answered.jobId().equals(request.jobId()) || answered.serial() != serial) {
      throw new LaneException(
          Failure.Code.PEER_CHEATED, "the platform answered another step", null);
    }
    List<PartialResult> results = answered.results();
    for (LaneSeals lane : lanes) {
      Blame blame = new Blame();
      lane.blame(results, blame);
      if (!blame.isEmpty()) {
        failed = true;
        throw blame.cause();
      }
    }
    return results;
  }

  /**
   * The answer is complete: {@link #close} then says so, and otherwise that the caller left. What
   * no digest has covered yet is digested now; a lane that is gone by then leaves the answer what
   * it is, and its receipt without a verdict.
   *
   * @throws LaneDistrusted if a lane digests something else than it has sent
   */
  public void finished() {
    reason = Reason.FINISHED;
    if (over || !cursor.mayDigest()) {
      return;
    }
    try {
      digest();
    } catch (LaneDistrusted e) {
      end(Reason.DISTRUSTED, e);
      throw e;
    } catch (LaneException | JobRefused e) {
      undigested = e;
    }
  }

  /** Why the last steps have no digest, if a lane or the platform did not give one. */
  public Optional<RuntimeException> undigested() {
    return Optional.ofNullable(undigested);
  }

  /** Ends the job; the nodes drop what they hold of it. */
  @Override
  public void close() {
    if (!over) {
      over = true;
      channel.end(request.jobId(), reason);
    }
  }

  private void end(Reason why, RuntimeException cause) {
    over = true;
    endQuietly(channel, request, why, cause);
  }

  /** A platform that cannot be told is no reason to forget what went wrong before. */
  private static void endQuietly(
      JobChannel channel, JobRequest request, Reason why, RuntimeException cause) {
    try {
      channel.end(request.jobId(), why);
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public String toString() {
    return "PlatformJob[" + request.jobId() + "]";
  }
}
