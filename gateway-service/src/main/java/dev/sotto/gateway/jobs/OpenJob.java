package dev.sotto.gateway.jobs;

import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.Placement;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.gateway.keys.Caller.KeyHolder;
import dev.sotto.gateway.limits.Reservation;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A job that this instance waits for things of. It holds results of one step at most, and those not
 * for long; all else about a job is in the table.
 */
final class OpenJob {
  private final JobId id;
  private final UUID tenantId;
  private final UUID keyId;
  private final boolean hosted;
  private final Instant deadline;
  private final CompletableFuture<Placement> placed = new CompletableFuture<>();
  private final CompletableFuture<JobRefused> over = new CompletableFuture<>();
  private @Nullable Reservation reservation;
  private @Nullable RunningStep running;
  private @Nullable JobSeats seats; // once it is placed
  private long lastSerial = -1;
  private int waiters;
  private boolean left;
  private boolean stranded;
  private long usedAt = System.nanoTime();

  OpenJob(JobId id, KeyHolder owner, boolean hosted, Instant deadline) {
    this.id = id;
    this.tenantId = owner.tenantId();
    this.keyId = owner.keyId();
    this.hosted = hosted;
    this.deadline = deadline;
  }

  static OpenJob of(JobRequest request, KeyHolder owner, boolean hosted) {
    return new OpenJob(request.jobId(), owner, hosted, request.deadline());
  }

  JobId id() {
    return id;
  }

  UUID tenantId() {
    return tenantId;
  }

  UUID keyId() {
    return keyId;
  }

  /** Whether its enclave is in this process. */
  boolean hosted() {
    return hosted;
  }

  Instant deadline() {
    return deadline;
  }

  boolean belongsTo(KeyHolder caller) {
    return tenantId.equals(caller.tenantId()) && keyId.equals(caller.keyId());
  }

  /** Done once it has its lanes. */
  CompletableFuture<Placement> placed() {
    return placed;
  }

  /** Done once it is over, with what whoever still asks is told. */
  CompletableFuture<JobRefused> over() {
    return over;
  }

  synchronized void holds(Reservation taken) {
    reservation = taken;
  }

  /** The caller will send no further step: its place is free. */
  synchronized void leave() {
    left = true;
    if (reservation != null) {
      reservation.leave();
    }
  }

  synchronized boolean left() {
    return left;
  }

  /** Its lane is gone: whoever waits for a step is told so. Its end is still to come. */
  void strand(JobRefused why) {
    synchronized (this) {
      stranded |= !over.isDone();
    }
    over.complete(why);
  }

  /** Whether nothing of it is waited for any more, not even its end. */
  synchronized boolean ended() {
    return over.isDone() && !stranded;
  }

  /** It is over, and has used so many tokens. */
  void end(JobRefused why, long usedTokens) {
    synchronized (this) {
      stranded = false;
      if (reservation != null) {
        reservation.settle(usedTokens);
      }
    }
    over.complete(why);
  }

  void end(JobEnded ended) {
    end(
        Refusals.ended(ended.outcome(), ended.code(), ended.message(), ended.retryable()),
        (long) ended.promptTokens() + ended.completionTokens());
  }

  /**
   * The step as it is under way: a new one, or the one before if it is the same. Steps come in
   * order; after a restart of the gateway the first one sets it, and the orchestration checks.
   *
   * @param mustPublish set to true for a step that is not on its way yet
   */
  synchronized RunningStep begin(
      SealedStep step, byte[] encoding, Executor aMomentLater, boolean[] mustPublish) {
    RunningStep now = running;
    if (now != null && now.serial() == step.serial()) {
      if (!now.sameAs(encoding)) {
        throw Refusals.conflict("step_differs", "This step was sent before, and was another.");
      }
      return now;
    }
    if (step.serial() < lastSerial || (lastSerial >= 0 && step.serial() > lastSerial + 1)) {
      throw Refusals.conflict(
          "step_not_due",
          "Step " + step.serial() + " is not due; the last one was " + lastSerial + ".");
    }
    if (now != null && !now.done().isDone()) {
      throw Refusals.conflict("step_not_due", "The step before has not been answered yet.");
    }
    RunningStep next = new RunningStep(step, encoding, aMomentLater);
    if (!next.wellFormed()) {
      throw new JobRefused(
          JobRefused.Kind.INVALID, "invalid_step", "A step has one part for each node.", false);
    }
    running = next;
    lastSerial = step.serial();
    mustPublish[0] = true;
    return next;
  }

  synchronized @Nullable RunningStep running() {
    return running;
  }

  /** What could not be sent is not under way. */
  synchronized void forget(RunningStep step) {
    if (running == step) {
      running = null;
    }
  }

  /** Takes a result, if it is due; false if it is not signed by the node that it names. */
  boolean accept(PartialResult result) {
    RunningStep step = running();
    if (step == null || !step.awaits(result)) {
      return true; // of no use to anybody, whoever said it
    }
    JobSeats nodes = seats();
    if (nodes == null || !nodes.said(result)) {
      return false;
    }
    step.accept(result);
    return true;
  }

  private synchronized @Nullable JobSeats seats() {
    if (seats == null && placed.isDone() && !placed.isCompletedExceptionally()) {
      seats = new JobSeats(placed.join());
    }
    return seats;
  }

  synchronized void enter() {
    waiters++;
  }

  synchronized void exit() {
    waiters--;
    usedAt = System.nanoTime();
  }

  /** How long nobody has waited for anything of it. */
  synchronized long idleNanos() {
    return waiters > 0 ? 0 : System.nanoTime() - usedAt;
  }

  /** Lets go of results that were handed over: the nodes keep theirs, and would send them again. */
  synchronized void dropAnswered() {
    if (running != null && running.done().isDone()) {
      running = null;
    }
  }
}
