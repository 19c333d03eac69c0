package dev.sotto.contracts.event;

/**
 * A job's worst cost cannot be reserved.
 *
 * @param jobId the job
 * @param code for programs, as in {@link JobEnded}: insufficient_quota, unknown_model …
 * @param message for people
 */
public record CreditRefused(String jobId, String code, String message) implements Event {
  /** BadMessage when a field is outside its bounds. */
  public CreditRefused {
    Fields.jobId("CreditRefused.jobId", jobId);
    Fields.message("CreditRefused.code", code);
    Fields.message("CreditRefused.message", message);
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
