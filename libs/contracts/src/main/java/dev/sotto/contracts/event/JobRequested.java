package dev.sotto.contracts.event;

import dev.sotto.contracts.Check;
import dev.sotto.contracts.Protection;
import java.util.UUID;

/**
 * A caller wants a job done, within its limits.
 *
 * @param jobId 32 hexadecimal digits
 * @param tenantId who pays
 * @param projectId a division of the tenant
 * @param keyId the credential that was used
 * @param model its name, as callers know it
 * @param modelDigest the model, SHA-256 as 64 hexadecimal digits
 * @param protection what it must be given
 * @param promptTokens length of the prompt
 * @param maxTokens at most so many tokens will be generated
 * @param deadline after this its answer is of no use; milliseconds of the epoch
 */
public record JobRequested(
    String jobId,
    UUID tenantId,
    UUID projectId,
    UUID keyId,
    String model,
    String modelDigest,
    Protection protection,
    int promptTokens,
    int maxTokens,
    long deadline)
    implements Event {
  /** BadMessage when a field is outside its bounds. */
  public JobRequested {
    Fields.jobId("JobRequested.jobId", jobId);
    Fields.model("JobRequested.model", model);
    Check.digest("JobRequested.modelDigest", modelDigest);
    Fields.tokens("JobRequested.promptTokens", promptTokens, 1);
    Fields.tokens("JobRequested.maxTokens", maxTokens, 1);
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
