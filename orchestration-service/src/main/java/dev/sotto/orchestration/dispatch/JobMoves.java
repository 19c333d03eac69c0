package dev.sotto.orchestration.dispatch;

import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobStranded;
import dev.sotto.orchestration.job.Ending;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.JobState;
import dev.sotto.orchestration.job.Progress;
import dev.sotto.orchestration.lane.LaneView;
import dev.sotto.orchestration.store.JobStore;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.Outbox;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves of jobs in the database, each in one transaction with what is told about it. Who comes
 * second finds another version, reads again and decides again.
 */
public final class JobMoves {
  private static final int TRIES = 16;

  private final Tenancy tenancy;
  private final JobStore jobs;
  private final Outbox outbox;
  private final InstantSource wall;

  /** Over one database. */
  public JobMoves(Tenancy tenancy, JobStore jobs, Outbox outbox, InstantSource wall) {
    this.tenancy = tenancy;
    this.jobs = jobs;
    this.outbox = outbox;
    this.wall = wall;
  }

  /** A job as it is recorded; null for none. */
  @Nullable Job read(String id) {
    return tenancy.asWorker(() -> jobs.find(id)).orElse(null);
  }

  List<Job> live() {
    return tenancy.asWorker(jobs::live);
  }

  List<Job> untold() {
    return tenancy.asWorker(jobs::untold);
  }

  void told(List<String> ids) {
    tenancy.asWorker(() -> ids.forEach(jobs::told));
  }

  int forget(long time) {
    return tenancy.asWorker(() -> jobs.forget(time));
  }

  void progress(Map<String, Progress> reached) {
    tenancy.asWorker(
        () -> reached.forEach((id, progress) -> jobs.progress(id, progress, wall.millis())));
  }

  /** Gives a queued job its lanes and tells so; the job then, or null when it is not as seen. */
  @Nullable Job place(Job seen, List<LaneView> lanes, List<Long> starts) {
    List<String> digests = lanes.stream().map(LaneView::digest).toList();
    return tenancy.asWorker(
        () -> {
          if (!jobs.place(seen, digests, starts, wall.millis())) {
            return null;
          }
          outbox.tell(
              new JobPlaced(
                  seen.id(),
                  seen.asked().protection(),
                  lanes.stream().map(LaneView::signed).toList()));
          return jobs.find(seen.id()).orElseThrow();
        });
  }

  /**
   * Ends a job, if it is not over, and tells so.
   *
   * @param reached how far its steps have come, where that is known better than it is recorded
   * @param how what it is to be, from where it is
   * @return the job as it is now; null for one that is not there
   */
  @Nullable Job end(String id, @Nullable Progress reached, Function<Job, Ending> how) {
    return tenancy.asWorker(
        () -> {
          for (int attempt = 0; attempt < TRIES; attempt++) {
            Job job = reached(id, reached);
            if (job == null || !job.state().live()) {
              return job;
            }
            if (ended(job, how.apply(job))) {
              return jobs.find(id).orElseThrow();
            }
          }
          throw new IllegalStateException("the job changes faster than it can be ended");
        });
  }

  /**
   * Takes note that a job's lane is gone, and tells so. It is stranded if its caller may have the
   * whole answer, and has failed otherwise. One that its caller has called answered is left as it
   * is.
   *
   * @param reached how far its steps have come, where that is known better than it is recorded
   * @return the job as it is now; null for one that is not there
   */
  @Nullable Job stop(String id, @Nullable Progress reached, Stop stop) {
    return tenancy.asWorker(
        () -> {
          for (int attempt = 0; attempt < TRIES; attempt++) {
            Job job = reached(id, reached);
            if (job == null || !job.state().live() || job.finishing() == Reason.FINISHED) {
              return job;
            }
            boolean strands = !stop.unanswered() && job.mayBeAnswered();
            if (strands && job.state() == JobState.STRANDED) {
              return job;
            }
            if (strands && job.state() == JobState.RUNNING) {
              if (jobs.strand(job, stop.why(), wall.millis())) {
                outbox.tell(stranded(id, stop.why()));
                return jobs.find(id).orElseThrow();
              }
            } else if (ended(job, job.lost() == null ? stop.why() : job.lost())) {
              return jobs.find(id).orElseThrow();
            }
          }
          throw new IllegalStateException("the job changes faster than it can be stopped");
        });
  }

  private static JobStranded stranded(String id, Ending lost) {
    return new JobStranded(id, lost.code(), lost.message(), lost.retryable());
  }

  /** The job, with how far it has come: it ran before it ended. */
  private @Nullable Job reached(String id, @Nullable Progress reached) {
    Job job = jobs.find(id).orElse(null);
    if (job == null || !job.state().live() || reached == null || reached.sent() == 0) {
      return job;
    }
    jobs.progress(id, reached, wall.millis());
    return jobs.find(id).orElseThrow();
  }

  private boolean ended(Job job, Ending ending) {
    if (!job.state().mayBecome(ending.state())) {
      throw new IllegalStateException(
          "a job that is " + job.state() + " cannot end " + ending.state());
    }
    boolean done = jobs.end(job, ending, wall.millis());
    if (done) {
      outbox.tell(job.ended(ending, job.progress()));
    }
    return done;
  }

  /** Puts a paid job into the queue; does nothing for one that is elsewhere by now. */
  void queue(String id) {
    tenancy.asWorker(
        () ->
            jobs.find(id)
                .filter(job -> job.state() == JobState.REQUESTED)
                .ifPresent(job -> jobs.move(job, JobState.QUEUED, wall.millis())));
  }
}
