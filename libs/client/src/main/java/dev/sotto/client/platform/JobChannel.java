package dev.sotto.client.platform;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobFinishRequested;

/**
 * What an enclave asks of a platform, in process or over HTTP. The platform sees shapes, counts and
 * timing; all else is sealed. Every call may be repeated: the same one has the same answer.
 */
public interface JobChannel {
  /**
   * Opens a job and waits until it has its lanes. {@link JobRefused} when it is not taken, or ends
   * first.
   */
  Placement open(JobRequest request);

  /**
   * Has a step run and waits for the results of all nodes of all lanes; results that are failures
   * are among them. {@link JobRefused} when the job is over.
   */
  SealedResults step(SealedStep step);

  /** Says that no further step will come. Does nothing for a job that is over. */
  void end(JobId job, JobFinishRequested.Reason reason);
}
