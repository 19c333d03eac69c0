package dev.sotto.contracts.event;

import dev.sotto.contracts.Protection;
import java.util.UUID;

/**
 * A job needs its worst cost reserved before anything is computed.
 *
 * @param jobId the job
 * @param tenantId who pays
 * @param projectId a division of the tenant, which may have a cap
 * @param model its name, as callers know it
 * @param protection what it must be given
 * @param promptTokens length of the prompt
 * @param maxTokens at most so many tokens will be generated
 * @param expiresAt when an unsettled reservation lapses; milliseconds of the epoch
 */
public record CreditRequested(
    String jobId,
    UUID tenantId,
    UUID projectId,
    String model,
    Protection protection,
    int promptTokens,
    int maxTokens,
    long expiresAt)
    implements Event {
  /** BadMessage when a field is outside its bounds. */
  public CreditRequested {
    Fields.jobId("CreditRequested.jobId", jobId);
    Fields.model("CreditRequested.model", model);
    Fields.tokens("CreditRequested.promptTokens", promptTokens, 1);
    Fields.tokens("CreditRequested.maxTokens", maxTokens, 1);
  }

  @Override
  public Topic topic() {
    return Topic.CREDIT;
  }

  @Override
  public String key() {
    return projectId.toString();
  }
}
