package dev.sotto.node.job;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.Role;
import dev.sotto.node.NodeContext;
import java.time.Duration;

/**
 * A job on a thread of its own, from its admission to its end.
 *
 * @param <C> how its caller speaks
 */
final class RunningJob<C extends Caller> {
  /** The job of a first message that was none. */
  static final JobId NO_JOB = new JobId(0, 0);

  private final NodeContext node;
  private final JobOpen open;
  private final C caller;
  private final Runnable over;
  private final SessionLinks links;
  private final Thread thread;

  /** Starts it; {@code over} runs once when it has ended. */
  RunningJob(NodeContext node, JobOpen open, C caller, Runnable over) {
    this.node = node;
    this.open = open;
    this.caller = caller;
    this.over = over;
    this.links = new SessionLinks(node, open);
    this.thread = Thread.ofPlatform().name("sotto-job").daemon().start(this::run);
  }

  C caller() {
    return caller;
  }

  private void run() {
    try (links) {
      links.meet();
      if (node.role() == Role.DEALER) {
        new DealerJob(node, open, caller, links).run();
      } else {
        new EvaluatorJob(node, open, caller, links).run();
      }
      links.clean();
    } catch (RuntimeException | OutOfMemoryError e) {
      tell(caller, Failures.of(open.jobId(), e));
      caller.leave();
      if (Failures.isDefect(e)) {
        throw e;
      }
    } finally {
      over.run();
    }
  }

  /** Waits, for as long as that, until the job has ended by itself; then ends it. */
  void awaitEnd(Duration patience) {
    try {
      if (!thread.join(patience)) {
        end();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end();
    }
  }

  /** Ends it now, whatever it waits for; a step that others depend on is run to its end. */
  void end() {
    if (links.abort()) {
      thread.interrupt();
    }
  }

  static void tell(Caller caller, Failure failure) {
    try {
      caller.failure(failure);
    } catch (Abort e) {
      // the caller is gone, and with it the reason to tell it anything
    }
  }
}
