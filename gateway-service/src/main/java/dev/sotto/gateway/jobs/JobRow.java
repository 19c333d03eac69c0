package dev.sotto.gateway.jobs;

import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.Placement;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a job.
 *
 * @param id the job
 * @param keyId whose it is
 * @param model its name
 * @param protection what it must be given
 * @param promptTokens length of the prompt
 * @param maxTokens at most so many tokens will be generated
 * @param createdAt when it was asked for
 * @param deadline after this its answer is of no use
 * @param state how far it has come
 * @param finishReason why no further step will come, once somebody has said so
 * @param placement its lanes, once it has some
 * @param lost what became of its lane, if its caller may still say that it has its answer
 * @param end how it ended, once it has
 */
public record JobRow(
    JobId id,
    UUID keyId,
    String model,
    Protection protection,
    int promptTokens,
    int maxTokens,
    Instant createdAt,
    Instant deadline,
    JobState state,
    @Nullable Reason finishReason,
    @Nullable Placement placement,
    @Nullable Lost lost,
    @Nullable End end) {
  /**
   * How a job ends whose lane is gone, unless its caller has its answer.
   *
   * @param code for programs
   * @param message for people
   * @param retryable whether the same request may succeed later
   */
  public record Lost(String code, String message, boolean retryable) {}

  /**
   * How a job ended.
   *
   * @param outcome how
   * @param code for programs; empty for an answer
   * @param message for people; empty for an answer
   * @param retryable whether the same request may succeed later
   * @param readTokens tokens of the prompt that were read
   * @param completionTokens tokens that were answered
   * @param at when
   */
  public record End(
      Outcome outcome,
      String code,
      String message,
      boolean retryable,
      int readTokens,
      int completionTokens,
      Instant at) {}

  /** Whether a request is the one that this job was made by. */
  boolean answers(JobRequest request) {
    return request.model().equals(model)
        && request.protection() == protection
        && request.promptTokens() == promptTokens
        && request.maxTokens() == maxTokens;
  }
}
