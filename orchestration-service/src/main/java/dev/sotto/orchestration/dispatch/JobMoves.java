package dev.sotto.orchestration.dispatch;

import dev.sotto.contracts.event.JobPlaced;
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
            Job job = jobs.find(id).orElse(null);
            if (job == null || !job.state().live()) {
              return job;
            }
            if (reached != null && reached.sent() > 0) {
              jobs.progress(id, reached, wall.millis()); // it ran before it ended
              job = jobs.find(id).orElseThrow();
            }
            Ending ending = how.apply(job);
            if (job.state().mayBecome(ending.state()) && jobs.end(job, ending, wall.millis())) {
              outbox.tell(job.ended(ending, job.progress()));
              return jobs.find(id).orElseThrow();
            }
            if (!job.state().mayBecome(ending.state())) {
              throw new IllegalStateException(
                  "a job that is " + job.state() + " cannot end " + ending.state());
            }
          }
          throw new IllegalStateException("the job changes faster than it can be ended");
        });
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
