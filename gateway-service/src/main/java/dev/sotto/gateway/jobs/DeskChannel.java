package dev.sotto.gateway.jobs;

import dev.sotto.client.platform.JobChannel;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.Placement;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.gateway.keys.Caller.KeyHolder;

/** One caller's end of the desk. */
record DeskChannel(JobDesk desk, KeyHolder caller, boolean hosted) implements JobChannel {
  @Override
  public Placement open(JobRequest request) {
    return desk.open(caller, hosted, request);
  }

  @Override
  public SealedResults step(SealedStep step) {
    return desk.step(caller, step);
  }

  @Override
  public void end(JobId job, Reason reason) {
    desk.end(caller, job, reason);
  }
}
