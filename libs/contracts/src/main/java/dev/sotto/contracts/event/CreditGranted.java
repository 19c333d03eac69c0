package dev.sotto.contracts.event;

/**
 * A job's worst cost is reserved.
 *
 * @param jobId the job
 */
public record CreditGranted(String jobId) implements Event {
  /** BadMessage when a field is outside its bounds. */
  public CreditGranted {
    Fields.jobId("CreditGranted.jobId", jobId);
  }

  @Override
  public Topic topic() {
    return Topic.CREDIT_DECISIONS;
  }

  @Override
  public String key() {
    return jobId;
  }
}
