package dev.sotto.node.job;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobOpen;
import dev.sotto.links.Frame;
import dev.sotto.links.FrameChannel;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.SealedFrames;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.Role;
import dev.sotto.node.NodeContext;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;

/**
 * Serves callers: a sealed link carries one job after the other. Whatever ends a job before its
 * time, its caller is told in one sentence.
 */
public final class JobServer {
  private final NodeContext node;
  private final Admission admission;
  private final Semaphore free;

  public JobServer(NodeContext node) {
    this.node = node;
    this.admission = new Admission(node, InstantSource.system());
    this.free = new Semaphore(node.settings().jobs());
  }

  /** Serves a caller's link until it ends. */
  public void serve(Link link) {
    try (SealedFrames caller = SealedFrames.over(link)) {
      while (true) {
        Frame f = caller.receive(node.settings().jobIdle());
        if (f.kind() == CallerKind.CLOSE.code()) {
          continue; // the end of a job that has ended here already
        }
        Caller end = new Caller(caller, f.session(), node.settings().jobIdle());
        if (f.kind() != CallerKind.OPEN.code()) {
          tell(
              end,
              new Failure(
                  Failures.NO_JOB,
                  Failure.Code.REFUSED,
                  "a caller opens a job before it speaks of one"));
          return;
        }
        JobOpen open;
        try {
          open = JobOpen.decode(f.copy());
        } catch (BadMessage e) {
          tell(end, Failures.of(Failures.NO_JOB, e));
          return;
        }
        if (!serve(caller, end, open, f.session())) {
          return;
        }
      }
    } catch (LinkException e) {
      link.close(); // the caller is gone, or breaks the link's own rules: there is nobody to tell
    }
  }

  /** Whether the link may carry another job. */
  private boolean serve(FrameChannel link, Caller caller, JobOpen open, long session) {
    if (!free.tryAcquire()) {
      Failure.Code busy = Failure.Code.BUSY;
      tell(
          caller,
          new Failure(open.jobId(), busy, "this node runs as many jobs as it can; try again"));
      return true;
    }
    try {
      admission.admit(open, link.peer(), session);
    } catch (Refusal e) {
      free.release();
      tell(caller, Failures.of(open.jobId(), e));
      return true;
    }
    try {
      if (node.role() == Role.DEALER) {
        new DealerJob(node, open, caller).run();
      } else {
        new EvaluatorJob(node, open, caller).run();
      }
      return true;
    } catch (RuntimeException | OutOfMemoryError e) {
      tell(caller, Failures.of(open.jobId(), e));
      if (Failures.isDefect(e)) {
        throw e;
      }
      return false;
    } finally {
      free.release();
    }
  }

  private static void tell(Caller caller, Failure failure) {
    try {
      caller.failure(failure);
    } catch (Abort e) {
      // the caller is gone, and with it the reason to tell it anything
    }
  }
}
