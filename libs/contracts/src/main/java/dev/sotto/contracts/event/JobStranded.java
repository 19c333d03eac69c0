package dev.sotto.contracts.event;

/**
 * A job's lane is gone while its caller may have the whole answer: no further step is taken. The
 * caller's word that it is done completes the job; anything else that it says, or its silence,
 * leaves it failed for the reason that is told here.
 *
 * @param jobId the job
 * @param code why, for programs: lower case with underscores
 * @param message why, for people
 * @param retryable whether the same request may succeed later
 */
public record JobStranded(String jobId, String code, String message, boolean retryable)
    implements Event {
  /** BadMessage when a field is outside its bounds. */
  public JobStranded {
    Fields.jobId("JobStranded.jobId", jobId);
    Fields.message("JobStranded.code", code);
    Fields.message("JobStranded.message", message);
  }

  @Override
  public Topic topic() {
    return Topic.JOB_STATUS;
  }

  @Override
  public String key() {
    return jobId;
  }
}
