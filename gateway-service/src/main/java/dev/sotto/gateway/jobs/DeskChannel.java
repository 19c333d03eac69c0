package dev.sotto.gateway.jobs;

import dev.sotto.client.platform.JobChannel;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.Placement;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.gateway.errors.DatabaseAway;
import dev.sotto.gateway.keys.Caller.KeyHolder;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * One caller's end of the desk. A database that does not answer is no fault: the call may be
 * repeated. An enclave here has nobody else to repeat that its job is over.
 */
record DeskChannel(JobDesk desk, KeyHolder caller, boolean hosted) implements JobChannel {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final int TRIES = 6;

  @Override
  public Placement open(JobRequest request) {
    return there(() -> desk.open(caller, hosted, request));
  }

  @Override
  public SealedResults step(SealedStep step) {
    return there(() -> desk.step(caller, step));
  }

  @Override
  public void end(JobId job, Reason reason) {
    Duration pause = FIRST_PAUSE;
    for (int left = hosted ? TRIES - 1 : 0; ; left--) {
      try {
        boolean _ =
            there(
                () -> {
                  desk.end(caller, job, reason);
                  return true;
                });
        return;
      } catch (JobRefused e) {
        if (left == 0 || e.kind() != JobRefused.Kind.UNAVAILABLE) {
          throw e;
        }
      }
      LockSupport.parkNanos(pause.toNanos());
      pause = pause.multipliedBy(2);
    }
  }

  private static <T> T there(Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      if (!DatabaseAway.isThat(e)) {
        throw e;
      }
      JobRefused away = Refusals.unavailable("The platform is not complete just now; try again.");
      away.initCause(e);
      throw away;
    }
  }
}
