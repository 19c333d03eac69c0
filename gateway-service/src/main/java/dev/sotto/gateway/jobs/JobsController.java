package dev.sotto.gateway.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.gateway.errors.Refused;
import dev.sotto.gateway.security.SignedIn;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a key may know of its jobs, and their early end. */
@RestController
@RequestMapping("/v1/jobs")
class JobsController {
  private final JobDesk desk;

  JobsController(JobDesk desk) {
    this.desk = desk;
  }

  /**
   * A job. No content is known here.
   *
   * @param id its own
   * @param object {@code job}
   * @param model its name
   * @param protection what it was given, or is to be given
   * @param status queued, running, cancelling, completed, cancelled, refused, failed or expired
   * @param createdAt seconds of the epoch
   * @param deadline seconds of the epoch
   * @param promptTokens length of the prompt
   * @param maxTokens at most so many tokens are answered
   * @param completionTokens tokens that were answered, once it is over
   * @param error why it is not completed, or null
   */
  record JobObject(
      String id,
      String object,
      String model,
      Protection protection,
      String status,
      @JsonProperty("created_at") long createdAt,
      long deadline,
      @JsonProperty("prompt_tokens") int promptTokens,
      @JsonProperty("max_tokens") int maxTokens,
      @JsonProperty("completion_tokens") @Nullable Integer completionTokens,
      @Nullable JobError error) {
    static JobObject of(JobRow job) {
      JobRow.End end = job.end();
      return new JobObject(
          job.id().toString(),
          "job",
          job.model(),
          job.protection(),
          status(job),
          job.createdAt().getEpochSecond(),
          job.deadline().getEpochSecond(),
          job.promptTokens(),
          job.maxTokens(),
          end == null ? null : end.completionTokens(),
          end == null || end.code().isEmpty()
              ? null
              : new JobError(end.code(), end.message(), end.retryable()));
    }

    private static String status(JobRow job) {
      JobRow.End end = job.end();
      if (end != null) {
        return end.outcome().name().toLowerCase(Locale.ROOT);
      }
      if (job.finishReason() == Reason.CANCELLED) {
        return "cancelling";
      }
      return job.state() == JobState.PLACED ? "running" : "queued";
    }
  }

  /**
   * Why a job is not completed.
   *
   * @param code for programs
   * @param message for people
   * @param retryable whether the same request may succeed later
   */
  record JobError(String code, String message, boolean retryable) {}

  @GetMapping("/{id}")
  JobObject find(@PathVariable String id) {
    return JobObject.of(desk.job(SignedIn.keyHolder(), read(id)));
  }

  @PostMapping("/{id}/cancel")
  JobObject cancel(@PathVariable String id) {
    desk.end(SignedIn.keyHolder(), read(id), Reason.CANCELLED);
    return find(id);
  }

  private static JobId read(String id) {
    return JobIds.of(id).orElseThrow(() -> Refused.notFound("job"));
  }
}
