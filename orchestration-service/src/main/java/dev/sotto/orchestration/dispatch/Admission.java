package dev.sotto.orchestration.dispatch;

import dev.sotto.contracts.event.CreditGranted;
import dev.sotto.contracts.event.CreditRefused;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.JobFinishRequested;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.orchestration.job.Ending;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.JobState;
import dev.sotto.orchestration.job.Progress;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.store.JobStore;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.Outbox;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the platform's events do to jobs, each in the transaction of whoever consumes it. What can
 * be refused is refused before anything is paid for.
 */
public final class Admission {
  /** How long after its deadline a reservation that nobody settles may lapse. */
  private static final Duration RESERVED = Duration.ofHours(1);

  private final Tenancy tenancy;
  private final JobStore jobs;
  private final JobMoves moves;
  private final Outbox outbox;
  private final LaneBoard board;
  private final Limits limits;
  private final InstantSource wall;
  private final BooleanSupplier settled;

  /**
   * Consumes nothing by itself.
   *
   * @param settled whether all lanes that live have had the time to say so
   */
  public Admission(
      Tenancy tenancy,
      JobStore jobs,
      JobMoves moves,
      Outbox outbox,
      LaneBoard board,
      Limits limits,
      InstantSource wall,
      BooleanSupplier settled) {
    this.tenancy = tenancy;
    this.jobs = jobs;
    this.moves = moves;
    this.outbox = outbox;
    this.board = board;
    this.limits = limits;
    this.wall = wall;
    this.settled = settled;
  }

  /** Takes an event; the id of the job that may have changed, or null. */
  public @Nullable String take(Event event) {
    switch (event) {
      case JobRequested asked -> tenancy.inTenant(asked.tenantId(), () -> request(asked));
      case JobFinishRequested finish -> tenancy.asWorker(() -> finish(finish));
      case CreditGranted granted -> moves.queue(granted.jobId());
      case CreditRefused refused -> refuse(refused);
      default -> {
        return null; // told for others
      }
    }
    return event.key();
  }

  private void request(JobRequested asked) {
    Job job = Job.requested(asked, wall.millis());
    if (!jobs.insert(job)) {
      return; // told twice
    }
    Ending refusal = refusal(asked);
    if (refusal != null) {
      jobs.end(job, refusal, wall.millis());
      outbox.tell(job.ended(refusal, Progress.NONE));
      return;
    }
    outbox.tell(
        new CreditRequested(
            asked.jobId(),
            asked.tenantId(),
            asked.projectId(),
            asked.model(),
            asked.protection(),
            asked.promptTokens(),
            asked.maxTokens(),
            asked.deadline() + RESERVED.toMillis()));
  }

  private @Nullable Ending refusal(JobRequested asked) {
    if (asked.deadline() <= wall.millis()) {
      return Ending.expired();
    }
    String model = asked.modelDigest();
    int context = board.longestContext(model);
    long tokens = (long) asked.promptTokens() + asked.maxTokens();
    if (context > 0 && tokens > context) {
      return Ending.tooLong(tokens, context);
    }
    if (context == 0 && settled.getAsBoolean() && !board.knows(model)) {
      return Ending.refused("unknown_model", "No lane has ever served this model.", false);
    }
    if (jobs.waiting(asked.tenantId()) > limits.queuedPerTenant()) {
      return Ending.refused(
          "queue_full",
          "You have " + limits.queuedPerTenant() + " jobs waiting; try again when some are done.",
          true);
    }
    if (tenancy.asWorker(jobs::allWaiting) > limits.queued()) {
      return Ending.refused(
          "queue_full", "Too many jobs are waiting for lanes; try again in a while.", true);
    }
    return null;
  }

  private void finish(JobFinishRequested finish) {
    Job job = jobs.find(finish.jobId()).orElse(null);
    while (job != null && job.state().live() && job.finishing() == null) {
      if (!job.state().hasSteps()) {
        Job unplaced = job;
        Ending ending = job.wished(finish.reason());
        if (jobs.end(job, ending, wall.millis())) {
          outbox.tell(unplaced.ended(ending, Progress.NONE));
        }
      } else {
        jobs.finishing(job, finish.reason()); // the dispatcher knows how far its steps have come
      }
      job = jobs.find(finish.jobId()).orElse(null);
    }
  }

  private void refuse(CreditRefused refused) {
    Job job = moves.read(refused.jobId());
    if (job != null && job.state() == JobState.REQUESTED) {
      moves.end(refused.jobId(), null, now -> Ending.noCredit(refused));
    }
  }
}
