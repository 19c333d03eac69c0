package dev.sotto.gateway.jobs;

import dev.sotto.client.platform.JobChannel;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.JobRefused.Kind;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.Placement;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobStranded;
import dev.sotto.gateway.keys.Caller.KeyHolder;
import dev.sotto.gateway.limits.Limits;
import dev.sotto.gateway.limits.Reservation;
import dev.sotto.gateway.models.ModelFile;
import dev.sotto.gateway.models.ServedModels;
import dev.sotto.openai.ServedModel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where callers' jobs meet the broker. A job belongs to the key that opened it: no other may step,
 * see or end it. All waiting ends at the job's deadline; all that is kept is bounded.
 */
public final class JobDesk {
  private static final Logger LOG = LoggerFactory.getLogger(JobDesk.class);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration A_MOMENT = Duration.ofMillis(500);

  private final JobTable table;
  private final StepSender sender;
  private final Limits limits;
  private final ServedModels models;
  private final DeskSettings settings;
  private final Clock clock;
  private final UUID instance;
  private final DeskTimes times;
  private final Executor aMomentLater =
      CompletableFuture.delayedExecutor(
          A_MOMENT.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread);
  final ConcurrentMap<JobId, OpenJob> open = new ConcurrentHashMap<>();

  JobDesk(
      JobTable table,
      StepSender sender,
      Limits limits,
      ServedModels models,
      DeskSettings settings,
      Clock clock,
      UUID instance,
      DeskTimes times) {
    this.table = table;
    this.sender = sender;
    this.limits = limits;
    this.models = models;
    this.settings = settings;
    this.clock = clock;
    this.instance = instance;
    this.times = times;
  }

  /** For an enclave of the caller's own. */
  public JobChannel sealed(KeyHolder caller) {
    return new DeskChannel(this, caller, false);
  }

  /** For an enclave in this process. Its jobs fail should this process die. */
  public JobChannel hosted(KeyHolder caller) {
    return new DeskChannel(this, caller, true);
  }

  Placement open(KeyHolder caller, boolean hosted, JobRequest request) {
    ServedModel model =
        models
            .find(request.model())
            .map(ModelFile::model)
            .orElseThrow(
                () ->
                    new JobRefused(
                        Kind.NOT_FOUND, "model_not_found", "There is no such model.", false));
    check(request, model);
    OpenJob job = open.get(request.jobId());
    if (job == null) {
      job = begin(caller, hosted, request, model);
    } else if (!job.belongsTo(caller)) {
      throw Refusals.taken(request.jobId());
    } else if (!table
        .find(caller, request.jobId())
        .orElseThrow(JobDesk::opening)
        .answers(request)) {
      throw Refusals.taken(request.jobId());
    }
    long asked = System.nanoTime();
    Placement placement = placement(caller, job);
    times.placed(asked);
    return placement;
  }

  private void check(JobRequest request, ServedModel model) {
    Instant now = clock.instant();
    if (request.deadline().isAfter(now.plus(settings.longest()))) {
      throw invalid("deadline must be at most " + settings.longest().toSeconds() + " s away");
    }
    if (!request.deadline().isAfter(now)) {
      throw Refusals.expired();
    }
    if (request.promptTokens() < 1 || request.maxTokens() < 1) {
      throw invalid("prompt_tokens and max_tokens must be 1 or more");
    }
    int most = model.context();
    if ((long) request.promptTokens() + request.maxTokens() > most) {
      throw new JobRefused(
          Kind.INVALID,
          "context_length_exceeded",
          "The prompt has %d tokens and the answer may have %d; the model's context holds %d."
              .formatted(request.promptTokens(), request.maxTokens(), most),
          false);
    }
  }

  private static JobRefused invalid(String sentence) {
    return new JobRefused(Kind.INVALID, "invalid_value", sentence, false);
  }

  private static JobRefused opening() {
    return Refusals.unavailable("The job is being opened by another request; try again.");
  }

  private void checkRoom() {
    if (open.size() >= settings.mostJobs()) {
      throw Refusals.unavailable("This gateway waits for as many jobs as it can; try again.");
    }
  }

  /** A new job, or one that an instance before this one, or beside it, has begun. */
  private OpenJob begin(KeyHolder caller, boolean hosted, JobRequest request, ServedModel model) {
    checkRoom();
    OpenJob job = OpenJob.of(request, caller, hosted);
    // It must be found before anybody can speak of it.
    if (open.putIfAbsent(job.id(), job) != null) {
      throw opening();
    }
    Reservation taken = null;
    boolean stored = false;
    try {
      JobRow known = table.find(caller, request.jobId()).orElse(null);
      if (known == null) {
        if (!hosted) { // for an enclave here all jobs of a request were taken in together
          long tokens = (long) request.promptTokens() + request.maxTokens();
          taken = limits.reserve(caller.keyId(), caller.limits(), tokens);
          job.holds(taken);
        }
        UUID host = hosted ? instance : null;
        stored = table.request(caller, request, model.part().modelDigest(), host);
      } else if (known.answers(request)) {
        adopt(job, known);
        stored = true;
      }
      if (!stored) {
        throw Refusals.taken(request.jobId());
      }
      return job;
    } finally {
      if (!stored) {
        open.remove(job.id(), job);
        if (taken != null) {
          taken.settle(0);
        }
      }
    }
  }

  /** Takes over what is known; the rest will be heard. */
  private static void adopt(OpenJob job, JobRow known) {
    if (known.placement() != null) {
      job.placed().complete(known.placement());
    }
    JobRow.End end = known.end();
    if (end != null) {
      job.end(Refusals.ended(end), (long) end.readTokens() + end.completionTokens());
    } else if (known.finishReason() != null) {
      job.over()
          .complete(Refusals.conflict("job_over", "No further step is due: the job was ended."));
    } else if (known.lost() instanceof JobRow.Lost(var code, var message, var retryable)) {
      job.strand(Refusals.stranded(code, message, retryable));
    }
  }

  SealedResults step(KeyHolder caller, SealedStep step) {
    OpenJob job = theirs(caller, step.jobId());
    if (job.over().isDone()) {
      throw job.over().join();
    }
    if (!job.placed().isDone()) {
      look(caller, job);
      if (!job.placed().isDone()) {
        throw Refusals.unavailable("The job has no lanes yet; send the step again.");
      }
    }
    byte[] encoding = step.encode();
    long asked = System.nanoTime();
    boolean[] mustPublish = new boolean[1];
    RunningStep running = job.begin(step, encoding, aMomentLater, mustPublish);
    if (mustPublish[0]) {
      publish(job, running, encoding);
    }
    SealedResults results = within(job, running.done(), running, left(job));
    if (results == null) {
      throw Refusals.expired();
    }
    times.stepped(asked);
    if (job.hosted()) {
      job.dropAnswered(); // an enclave in this process does not ask twice
    }
    return results;
  }

  private void publish(OpenJob job, RunningStep running, byte[] encoding) {
    var _ =
        sender
            .send(job.id(), encoding)
            .whenComplete(
                (sent, failure) -> {
                  if (failure != null) {
                    job.forget(running);
                    running
                        .done()
                        .completeExceptionally(
                            Refusals.unavailable(
                                "The step could not be handed on; send it again."));
                  }
                });
  }

  /** The job, if it is the caller's: in memory, or in the table after a restart. */
  private OpenJob theirs(KeyHolder caller, JobId id) {
    OpenJob job = open.get(id);
    if (job == null) {
      JobRow row = table.find(caller, id).orElseThrow(Refusals::unknown);
      if (row.end() != null) {
        throw Refusals.ended(row.end());
      }
      checkRoom();
      OpenJob fresh = new OpenJob(id, caller, false, row.deadline());
      OpenJob before = open.putIfAbsent(id, fresh);
      job = before == null ? fresh : before;
      // Read again now that it would be found: what was said in between must not be missed.
      adopt(job, table.find(caller, id).orElseThrow(Refusals::unknown));
    }
    if (!job.belongsTo(caller)) {
      throw Refusals.unknown();
    }
    return job;
  }

  /**
   * Waits for lanes. What was said before this instance knew of the job is only in the table, so it
   * is looked at now and then.
   */
  private Placement placement(KeyHolder caller, OpenJob job) {
    while (true) {
      Duration left = left(job);
      Placement placed = within(job, job.placed(), null, left.compareTo(LOOK) < 0 ? left : LOOK);
      if (placed != null) {
        return placed;
      }
      if (!left(job).isPositive()) {
        throw Refusals.expired();
      }
      look(caller, job);
    }
  }

  private void look(KeyHolder caller, OpenJob job) {
    table.find(caller, job.id()).ifPresent(row -> adopt(job, row));
  }

  private Duration left(OpenJob job) {
    return Duration.between(clock.instant(), job.deadline()).plus(GRACE);
  }

  /** What is waited for, or null when it takes too long. */
  private <T> @Nullable T within(
      OpenJob job, CompletableFuture<T> wanted, @Nullable RunningStep step, Duration most) {
    job.enter();
    try {
      CompletableFuture.anyOf(wanted, job.over())
          .get(Math.max(1, most.toMillis()), TimeUnit.MILLISECONDS);
      if (!wanted.isDone() && step != null && step.failing()) {
        try {
          return wanted.get(2 * A_MOMENT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          throw job.over().join();
        }
      }
      if (wanted.isDone()) {
        return wanted.get();
      }
      throw job.over().join();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof JobRefused refused
          ? refused
          : Refusals.unavailable("The platform failed to answer; try again.");
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      end(job.tenantId(), job.id(), Reason.CANCELLED);
      Thread.currentThread().interrupt();
      throw Refusals.conflict("job_cancelled", "The caller left.");
    } finally {
      job.exit();
    }
  }

  /** The job as the table has it; nothing for any key but its own. */
  public JobRow job(KeyHolder caller, JobId id) {
    return table.find(caller, id).orElseThrow(Refusals::unknown);
  }

  /** Ends a job of the caller's; does nothing if it is over. */
  public void end(KeyHolder caller, JobId id, Reason reason) {
    if (table.find(caller, id).isEmpty()) {
      throw Refusals.unknown();
    }
    end(caller.tenantId(), id, reason);
  }

  void end(UUID tenant, JobId id, Reason reason) {
    table.finish(tenant, id, reason);
    OpenJob job = open.get(id);
    if (job != null) {
      job.leave();
    }
  }

  /** Hears of a job. */
  void hear(Event event) {
    switch (event) {
      case JobPlaced placed -> {
        OpenJob job = open.get(JobIds.checked(placed.jobId()));
        if (job != null) {
          LOG.info("job {} is placed", job.id());
          job.placed().complete(new Placement(job.id(), placed.protection(), placed.lanes()));
        }
      }
      case JobStranded lost -> {
        OpenJob job = open.get(JobIds.checked(lost.jobId()));
        if (job != null) {
          LOG.info("job {} is stranded: {}", job.id(), lost.code());
          job.strand(Refusals.stranded(lost.code(), lost.message(), lost.retryable()));
        }
      }
      case JobEnded ended -> {
        OpenJob job = open.get(JobIds.checked(ended.jobId()));
        if (job != null) {
          LOG.info("job {} ended: {} {}", job.id(), ended.outcome(), ended.code());
          job.end(ended);
        }
      }
      default -> {}
    }
  }

  /** Hears a node's result. */
  void hear(PartialResult result) {
    OpenJob job = open.get(result.jobId());
    if (job != null && !job.accept(result)) {
      times.unsigned();
      LOG.warn(
          "job {}: a result is not signed by the node that it names, and is dropped", job.id());
    }
  }
}
