package dev.sotto.orchestration.step;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedStep;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All jobs that hold lanes, and their steps. It is asked once a record, keeps everything in memory,
 * and waits for nothing: what it changes is written down afterwards by whoever hears of it.
 */
public final class StepDesk {
  private final Map<JobId, StepTrack> tracks = new ConcurrentHashMap<>();
  private final NodePost post;
  private final Heard heard;

  /** Carries messages to nodes, in the order in which it is asked; does not wait. */
  public interface NodePost {
    /**
     * Sends a part of a step.
     *
     * @param trace the trace that the step belongs to, as its record carries it; null without one
     * @param failed run when it will not arrive
     */
    void send(Sent part, byte @Nullable [] trace, Runnable failed);

    /**
     * Tells nodes that a job is over.
     *
     * @param told run when all of them will hear of it
     */
    void close(JobId job, List<String> identities, Runnable told);
  }

  /** Hears what becomes of jobs. Must not wait. */
  public interface Heard {
    /** A job has come further than is written down. */
    void moved(JobId job);

    /** A job cannot go on. */
    void stopped(JobId job, Judged why);

    /** A step could not be sent to a node. */
    void unsent(JobId job);

    /** A result is not signed by the node that it names, and was dropped. */
    void forged(JobId job);

    /** A record was dropped. */
    void dropped(JobId job, String why);
  }

  /** No job yet. */
  public StepDesk(NodePost post, Heard heard) {
    this.post = post;
    this.heard = heard;
  }

  /** A job has its lanes: its steps are taken from now on. */
  public void open(JobId job, StepTrack track) {
    tracks.put(job, track);
  }

  /** A job that was to be opened was not placed after all: its nodes never heard of it. */
  public void forget(JobId job) {
    tracks.remove(job);
  }

  /** How far a job has come; null for one that holds no lanes. */
  public @Nullable StepTrack track(JobId job) {
    return tracks.get(job);
  }

  /** All of them, as they are now. */
  public Collection<StepTrack> tracks() {
    return tracks.values();
  }

  /**
   * Ends a job here and at its nodes. Nothing of it is sent after this.
   *
   * @param told run when all its nodes will hear of it
   */
  public void close(JobId job, Runnable told) {
    StepTrack track = tracks.get(job);
    if (track == null) {
      return;
    }
    synchronized (track) {
      track.close();
      tracks.remove(job, track);
      post.close(job, track.seats().stream().map(Seat::identity).distinct().toList(), told);
    }
  }

  /** A step of a caller; {@code old} as in {@link StepTrack#step}. */
  public void step(SealedStep step, boolean old, byte @Nullable [] trace) {
    StepTrack track = tracks.get(step.jobId());
    if (track == null) {
      heard.dropped(step.jobId(), "the job holds no lanes");
      return;
    }
    synchronized (track) {
      act(step.jobId(), track.step(step, old), trace);
    }
  }

  /** A node's result. */
  public void result(PartialResult result) {
    StepTrack track = tracks.get(result.jobId());
    if (track == null) {
      heard.dropped(result.jobId(), "the job holds no lanes");
      return;
    }
    Seat seat = track.seat(result);
    if (seat != null && !seat.said(result)) { // before any lock: this takes a moment
      heard.forged(result.jobId());
      return;
    }
    synchronized (track) {
      Judged judged = track.result(result);
      act(result.jobId(), judged, null);
      if (judged instanceof Judged.Finished(SealedStep next) && next != null) {
        act(result.jobId(), track.step(next, false), null);
      }
    }
  }

  private void act(JobId job, Judged judged, byte @Nullable [] trace) {
    switch (judged) {
      case Judged.Forward(var parts) -> {
        parts.forEach(part -> post.send(part, trace, () -> heard.unsent(job)));
        heard.moved(job);
      }
      case Judged.Counted _, Judged.Finished _ -> heard.moved(job);
      case Judged.Broken _, Judged.GivenUp _, Judged.WentOn _ -> heard.stopped(job, judged);
      case Judged.Ignored(String why) -> heard.dropped(job, why);
      case Judged.Held _ -> {}
    }
  }
}
