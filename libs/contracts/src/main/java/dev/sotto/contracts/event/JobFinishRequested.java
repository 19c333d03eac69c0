package dev.sotto.contracts.event;

/**
 * The caller's side is done with a job.
 *
 * @param jobId the job
 * @param reason why
 */
public record JobFinishRequested(String jobId, Reason reason) implements Event {
  /** Why no further step will come. */
  public enum Reason {
    /** The answer is complete. */
    FINISHED,
    /** The caller left or cancelled. */
    CANCELLED,
    /** What the lanes answered was wrong, or differed. */
    DISTRUSTED,
    /** The platform has left its enclave alone: a gateway that hosted it died, or gave up. */
    ABANDONED
  }

  /** BadMessage when a field is outside its bounds. */
  public JobFinishRequested {
    Fields.jobId("JobFinishRequested.jobId", jobId);
  }

  @Override
  public Topic topic() {
    return Topic.JOBS;
  }

  @Override
  public String key() {
    return jobId;
  }
}
