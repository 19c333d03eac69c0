package dev.sotto.node.job;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobOpen;
import dev.sotto.links.Frame;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.SealedFrames;
import dev.sotto.node.NodeContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Serves callers: a sealed link carries one job after the other. Whatever ends a job before its
 * time, its caller is told in one sentence; when the caller leaves, its job ends.
 */
public final class JobServer {
  private static final Duration WHILE_RUNNING = Duration.ofDays(1);

  private final NodeContext node;
  private final Admission admission;
  private final Semaphore free;

  public JobServer(NodeContext node) {
    this.node = node;
    this.admission = new Admission(node, InstantSource.system(), SeenJobs.inMemory());
    this.free = new Semaphore(node.settings().jobs());
  }

  /** Serves a caller's link until it ends. */
  public void serve(Link link) {
    RunningJob<LinkCaller> job = null;
    try (SealedFrames frames = SealedFrames.over(link)) {
      while (true) {
        Frame f = frames.receive(job == null ? node.settings().jobIdle() : WHILE_RUNNING);
        if (f.kind() == CallerKind.OPEN.code()) {
          if (job != null) {
            RunningJob.tell(job.caller(), refusal("the caller has not closed its last job"));
            return;
          }
          job = open(frames, f);
        } else if (job != null) {
          job.caller().sent(f);
          if (f.kind() == CallerKind.CLOSE.code()) {
            job.awaitEnd(node.settings().peerPatience());
            job = null;
          }
        } else if (f.kind() != CallerKind.CLOSE.code()) {
          Caller unknown = new LinkCaller(frames, f.session(), node.settings().jobIdle());
          RunningJob.tell(unknown, refusal("a caller opens a job before it speaks of one"));
          return;
        }
      }
    } catch (LinkException e) {
      link.close(); // the caller is gone, or breaks the link's own rules: there is nobody to tell
    } finally {
      if (job != null) {
        job.end();
      }
    }
  }

  private static Failure refusal(String sentence) {
    return new Failure(RunningJob.NO_JOB, Failure.Code.REFUSED, sentence);
  }

  /** The job, if the node takes it. */
  private @Nullable RunningJob<LinkCaller> open(SealedFrames link, Frame f) {
    LinkCaller caller = new LinkCaller(link, f.session(), node.settings().jobIdle());
    JobOpen open;
    try {
      open = JobOpen.decode(f.copy());
    } catch (BadMessage e) {
      RunningJob.tell(caller, Failures.of(RunningJob.NO_JOB, e));
      return null;
    }
    if (!free.tryAcquire()) {
      RunningJob.tell(
          caller,
          new Failure(
              open.jobId(), Failure.Code.BUSY, "this node runs as many jobs as it can; try again"));
      return null;
    }
    boolean started = false;
    try {
      admission.admit(open, link.peer(), f.session());
      RunningJob<LinkCaller> job = new RunningJob<>(node, open, caller, free::release);
      started = true;
      return job;
    } catch (Refusal e) {
      RunningJob.tell(caller, Failures.of(open.jobId(), e));
      return null;
    } finally {
      if (!started) {
        free.release();
      }
    }
  }
}
