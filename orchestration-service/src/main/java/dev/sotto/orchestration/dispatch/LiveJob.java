package dev.sotto.orchestration.dispatch;

import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.Progress;
import dev.sotto.orchestration.step.StepTrack;
import org.jspecify.annotations.Nullable;

/** A job that is not over, as the dispatcher's thread has it. */
final class LiveJob {
  private Job job;
  private @Nullable StepTrack track;
  private Progress seen = Progress.NONE;
  private long activeAt;
  private long stuckSince = -1;
  private long finishingSince = -1;

  LiveJob(Job job, @Nullable StepTrack track, long now) {
    this.job = job;
    this.track = track;
    this.activeAt = now;
  }

  Job job() {
    return job;
  }

  @Nullable StepTrack track() {
    return track;
  }

  /** The job as it was read or written last; older news change nothing. */
  void update(Job newer) {
    if (newer.version() >= job.version()) {
      job = newer;
    }
  }

  void placed(Job asPlaced, StepTrack steps, long now) {
    job = asPlaced;
    track = steps;
    activeAt = now;
  }

  /** For how long nothing has happened between its caller and its nodes; 0 while a step runs. */
  long idle(long now) {
    StepTrack steps = track;
    if (steps == null) {
      return 0;
    }
    Progress progress = steps.progress();
    if (steps.running() || !progress.equals(seen)) {
      seen = progress;
      activeAt = now;
    }
    return now - activeAt;
  }

  /** For how long there has been no lane for it. */
  long stuck(long now) {
    stuckSince = stuckSince < 0 ? now : stuckSince;
    return now - stuckSince;
  }

  void unstuck() {
    stuckSince = -1;
  }

  /** For how long its caller has been done with it. */
  long finishing(long now) {
    finishingSince = finishingSince < 0 ? now : finishingSince;
    return now - finishingSince;
  }
}
