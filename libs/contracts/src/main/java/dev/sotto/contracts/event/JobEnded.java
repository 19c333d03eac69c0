package dev.sotto.contracts.event;

import dev.sotto.contracts.Protection;
import java.util.List;
import java.util.UUID;

/**
 * A job is over; nothing more will happen to it.
 *
 * @param jobId the job
 * @param tenantId who pays
 * @param projectId a division of the tenant
 * @param keyId the credential that was used
 * @param model its name, as callers know it
 * @param protection what it was given, or was to be given
 * @param outcome how
 * @param code of an outcome that is not COMPLETED, for programs: lower case with underscores; empty
 *     otherwise
 * @param message of such an outcome, for people; empty otherwise
 * @param retryable whether the same request may succeed later
 * @param promptTokens tokens of the prompt that lanes have read
 * @param completionTokens tokens that lanes have answered
 * @param lanes digests of the manifests of the lanes that it ran on
 */
public record JobEnded(
    String jobId,
    UUID tenantId,
    UUID projectId,
    UUID keyId,
    String model,
    Protection protection,
    Outcome outcome,
    String code,
    String message,
    boolean retryable,
    int promptTokens,
    int completionTokens,
    List<String> lanes)
    implements Event {
  /** How a job ends. */
  public enum Outcome {
    /** Answered: what its steps cost is owed. */
    COMPLETED,
    /** The caller left: what its steps cost is owed. */
    CANCELLED,
    /** Not taken: nothing is owed. */
    REFUSED,
    /** A lane or the platform failed it: nothing is owed. */
    FAILED,
    /** Its deadline passed before it was done: nothing is owed. */
    EXPIRED;

    /** Whether what the job has cost is owed. */
    public boolean billable() {
      return this == COMPLETED || this == CANCELLED;
    }
  }

  /** BadMessage when a field is outside its bounds. */
  public JobEnded {
    Fields.jobId("JobEnded.jobId", jobId);
    Fields.model("JobEnded.model", model);
    Fields.message("JobEnded.code", code);
    Fields.message("JobEnded.message", message);
    Fields.tokens("JobEnded.promptTokens", promptTokens, 0);
    Fields.tokens("JobEnded.completionTokens", completionTokens, 0);
    lanes = List.copyOf(lanes);
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
