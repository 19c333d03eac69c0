package dev.sotto.gateway.sealed;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.Placement;
import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.gateway.errors.Refused;
import dev.sotto.gateway.jobs.JobDesk;
import dev.sotto.gateway.jobs.JobIds;
import dev.sotto.gateway.models.ModelFile;
import dev.sotto.gateway.models.ServedModels;
import dev.sotto.gateway.security.SignedIn;
import dev.sotto.openai.error.ApiError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Jobs for enclaves on the caller's side. What passes here is shapes, counts and timing; all else
 * is sealed to the nodes, or by them to the caller. Every request may be sent again.
 */
@RestController
@RequestMapping("/v1/sealed")
class SealedController {
  private final JobDesk desk;
  private final ServedModels models;

  SealedController(JobDesk desk, ServedModels models) {
    this.desk = desk;
    this.models = models;
  }

  /**
   * A job that is asked for.
   *
   * @param jobId 32 hexadecimal digits, drawn by the enclave
   * @param model its name
   * @param protection passive or compared
   * @param promptTokens length of the prompt
   * @param maxTokens at most so many tokens will be generated
   * @param deadline milliseconds of the epoch
   */
  record OpenRequest(
      @JsonProperty("job_id") @Nullable String jobId,
      @Nullable String model,
      @Nullable String protection,
      @JsonProperty("prompt_tokens") @Nullable Integer promptTokens,
      @JsonProperty("max_tokens") @Nullable Integer maxTokens,
      @Nullable Long deadline) {}

  /**
   * Where a job is to run.
   *
   * @param jobId the job
   * @param protection what it is given
   * @param lanes signed manifests, to be verified before anything is sent
   */
  record Placed(
      @JsonProperty("job_id") String jobId, Protection protection, List<SignedManifest> lanes) {}

  @PostMapping(path = "/jobs", consumes = MediaType.APPLICATION_JSON_VALUE)
  Placed open(@RequestBody OpenRequest asked) {
    JobRequest request =
        new JobRequest(
            jobId("job_id", asked.jobId()),
            required("model", asked.model()),
            protection(required("protection", asked.protection())),
            required("prompt_tokens", asked.promptTokens()),
            required("max_tokens", asked.maxTokens()),
            deadline(required("deadline", asked.deadline())));
    Placement placed = desk.sealed(SignedIn.keyHolder()).open(request);
    return new Placed(placed.jobId().toString(), placed.protection(), placed.lanes());
  }

  @PutMapping(
      path = "/jobs/{id}/steps/{serial}",
      consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE,
      produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  byte[] step(@PathVariable String id, @PathVariable String serial, InputStream body)
      throws IOException {
    byte[] encoding = body.readNBytes(SealedStep.MAX_BYTES + 1);
    if (encoding.length > SealedStep.MAX_BYTES) {
      throw Refused.tooLarge();
    }
    SealedStep step;
    try {
      step = SealedStep.decode(encoding);
    } catch (BadMessage e) {
      throw Refused.invalid("body", "is no step: " + e.getMessage());
    }
    if (!step.jobId().equals(jobId("id", id)) || !Long.toString(step.serial()).equals(serial)) {
      throw Refused.invalid("body", "is a step of another job, or another step.");
    }
    return desk.sealed(SignedIn.keyHolder()).step(step).encode();
  }

  @DeleteMapping("/jobs/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void end(@PathVariable String id, @RequestParam(defaultValue = "cancelled") String reason) {
    Reason why =
        switch (reason) {
          case "finished" -> Reason.FINISHED;
          case "cancelled" -> Reason.CANCELLED;
          case "distrusted" -> Reason.DISTRUSTED;
          default -> throw Refused.invalid("reason", "must be finished, cancelled or distrusted.");
        };
    desk.sealed(SignedIn.keyHolder()).end(jobId("id", id), why);
  }

  /** The public part, byte for byte: the enclave holds it against the lanes' manifests. */
  @GetMapping(path = "/models/{model}/public", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> publicPart(@PathVariable String model) throws IOException {
    ModelFile served = models.find(model).orElseThrow(() -> ApiError.noModel(model, "model"));
    return ResponseEntity.ok()
        .eTag("\"" + served.model().pin().modelDigest() + "\"")
        .body(Files.readAllBytes(served.file()));
  }

  private static <T> T required(String field, @Nullable T value) {
    if (value == null) {
      throw Refused.invalid(field, "is missing.");
    }
    return value;
  }

  private static Instant deadline(long millis) {
    if (millis < 0 || millis > 253_402_300_799_999L) {
      throw Refused.invalid("deadline", "must be milliseconds of the epoch.");
    }
    return Instant.ofEpochMilli(millis);
  }

  private static JobId jobId(String field, @Nullable String hex) {
    return JobIds.of(hex == null ? "" : hex)
        .orElseThrow(() -> Refused.invalid(field, "must be 32 lowercase hexadecimal digits."));
  }

  private static Protection protection(String label) {
    return Arrays.stream(Protection.values())
        .filter(one -> one.label().equals(label))
        .findFirst()
        .orElseThrow(() -> Refused.invalid("protection", "must be passive or compared."));
  }
}
