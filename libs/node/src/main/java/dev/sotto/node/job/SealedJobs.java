package dev.sotto.node.job;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobEnvelope;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.NodeClose;
import dev.sotto.contracts.NodeStep;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.seal.Opener;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.SealContext.Direction;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.contracts.seal.Sealer;
import dev.sotto.node.JobOutlet;
import dev.sotto.node.NodeContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node's jobs whose steps come sealed, from one thread in the order in which a broker keeps them.
 * The first step of a job opens it: the envelope must mean this lane exactly, and its job and nonce
 * are taken once, durably. Whatever is wrong is answered in one sentence, or, where it may be
 * somebody else's who would harm a running job, ignored and counted.
 */
public final class SealedJobs implements AutoCloseable {
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final NodeContext node;
  private final Seat seat;
  private final SealKeyPair keys;
  private final JobOutlet outlet;
  private final SeenJobs seen;
  private final Admission admission;
  private final Semaphore free;
  private final Map<JobId, Taken> running = new ConcurrentHashMap<>();
  private volatile boolean draining;

  /** A job that was taken; its thread is there once the step that opened it is handled. */
  private static final class Taken {
    private final SealedCaller caller;
    private @Nullable RunningJob<SealedCaller> job;

    Taken(SealedCaller caller) {
      this.caller = caller;
    }

    RunningJob<SealedCaller> job() {
      return Objects.requireNonNull(job);
    }
  }

  /**
   * None yet.
   *
   * @param keys what callers seal to
   * @param stateFolder this node's own: which jobs it has taken. IOException when it is in use by
   *     another process, damaged, or cannot be written
   */
  public SealedJobs(
      NodeContext node, SealKeyPair keys, Path stateFolder, InstantSource clock, JobOutlet outlet)
      throws IOException {
    this.node = node;
    this.seat = Seat.of(node);
    this.keys = keys;
    this.outlet = outlet;
    this.seen = SeenJobs.in(stateFolder, clock.millis());
    this.admission = new Admission(node, clock, seen);
    this.free = new Semaphore(node.settings().jobs());
  }

  /** Takes in a step. Never waits for a job. */
  public synchronized void step(NodeStep step) {
    Taken taken = running.get(step.jobId());
    boolean ours = step.laneId().equals(seat.laneId());
    if (taken != null && ours) {
      taken.caller.step(step);
    } else if (taken != null) {
      outlet.ignored(step.jobId(), step.serial(), JobOutlet.Ignored.OTHER_LANE);
    } else if (!ours) {
      refuse(step, Failure.Code.REFUSED, "this node serves another model or lane");
    } else if (step.serial() != 0) {
      refuse(
          step,
          Failure.Code.PEER_GONE,
          "this node does not know the job: it was restarted, or the job is over");
    } else if (draining) {
      refuse(step, Failure.Code.BUSY, "this node is stopping; try again");
    } else if (!free.tryAcquire()) {
      refuse(step, Failure.Code.BUSY, "this node runs as many jobs as it can; try again");
    } else {
      boolean started = false;
      try {
        start(step);
        started = true;
      } catch (BadMessage | Refusal e) {
        Failure failure = Failures.of(step.jobId(), e);
        refuse(step, failure.code(), failure.sentence());
      } finally {
        if (!started) {
          running.remove(step.jobId());
          free.release();
        }
      }
    }
  }

  private void start(NodeStep step) {
    Opener opener = Opener.of(keys, step.encapsulation(), seat.about(Direction.REQUEST));
    JobEnvelope envelope =
        JobEnvelope.decode(opener.open(SealContext.associated(step.jobId(), 0), step.ciphertext()));
    if (!envelope.jobId().equals(step.jobId())) {
      throw new Refusal(Failure.Code.REFUSED, "the envelope is of another job");
    }
    Sealer sealer = Sealer.to(envelope.key(), seat.about(Direction.RESULT));
    admission.admit(envelope.open());
    SealedCaller caller =
        new SealedCaller(seat, envelope, opener, sealer, outlet, node.settings().jobIdle());
    Taken taken = new Taken(caller);
    running.put(step.jobId(), taken);
    outlet.started(step.jobId());
    taken.job = new RunningJob<>(node, envelope.open(), caller, () -> over(step.jobId(), taken));
  }

  private void over(JobId job, Taken taken) {
    running.remove(job, taken);
    free.release();
    outlet.ended(job, taken.caller.steps());
  }

  private void refuse(NodeStep step, Failure.Code code, String sentence) {
    outlet.failed(step.jobId(), code);
    outlet.publish(
        seat.result(
            step.jobId(),
            step.serial(),
            Usage.NONE,
            new PartialResult.Outcome.Failed(new Failure(step.jobId(), code, sentence))));
  }

  /** The platform says that a job is over. Its thread ends it in order, or is ended in time. */
  public synchronized void close(NodeClose close) {
    Taken taken = running.get(close.jobId());
    if (taken == null) {
      return;
    }
    RunningJob<SealedCaller> job = taken.job();
    if (taken.caller.closed()) {
      Thread.ofVirtual()
          .name("sotto-closing")
          .start(() -> job.awaitEnd(node.settings().peerPatience()));
    } else {
      job.end(); // it waits for roles that may never come
    }
  }

  /** Where this node's jobs are run together; null at a dealer. */
  public @Nullable Batches batches() {
    return node.batches();
  }

  /** Jobs that run now. */
  public int running() {
    return running.size();
  }

  /**
   * Takes no more jobs, and waits for those that run; they still get their steps. Whether all are
   * over within {@code patience}.
   */
  public boolean drain(Duration patience) throws InterruptedException {
    draining = true;
    int all = node.settings().jobs();
    if (!free.tryAcquire(all, patience.toMillis(), TimeUnit.MILLISECONDS)) {
      return false;
    }
    free.release(all);
    return true;
  }

  /** Ends what runs, and says so to its callers. */
  @Override
  public void close() throws IOException {
    draining = true;
    synchronized (this) {
      running.forEach(
          (id, taken) -> {
            RunningJob.tell(
                taken.caller,
                new Failure(id, Failure.Code.PEER_GONE, "this node is stopping; try again"));
            taken.job().end();
          });
    }
    try {
      boolean _ = drain(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      seen.close();
    }
  }
}
