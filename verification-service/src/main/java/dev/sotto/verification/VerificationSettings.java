package dev.sotto.verification;

import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * What verification is told, under {@code sotto.verification}.
 *
 * @param issuer its name on receipts
 * @param keyFile its signing key, readable by its owner only; made when it is not there
 * @param publicKeysFile where its public half is written for whoever checks receipts; beside the
 *     key, with {@code .keys.json} after its name, unless it is given
 * @param grace how long after a job's end its digests may come before its receipt is signed without
 *     them
 * @param audits audits, if this service runs any
 */
@Validated
@ConfigurationProperties("sotto.verification")
public record VerificationSettings(
    @NotNull @Pattern(regexp = "[a-z0-9][a-z0-9._-]{0,62}") String issuer,
    @NotNull Path keyFile,
    @Nullable Path publicKeysFile,
    @NotNull Duration grace,
    @Valid @Nullable Audits audits) {
  /**
   * Known-answer audits: real jobs through the gateway, with a key of their own.
   *
   * @param gatewayUrl where the gateway is
   * @param orchestrationUrl where the orchestration is, which says whether a lane is free
   * @param keyFile an API key for them, one line
   * @param rootsFile whom their enclave believes
   * @param modelFile the public part of their model
   * @param answersFile what the model answers, as the publisher computed it in the clear
   * @param model its name, as callers know it
   * @param share of the time that audits may take, in the mean
   */
  public record Audits(
      @NotNull String gatewayUrl,
      @NotNull URI orchestrationUrl,
      @NotNull Path keyFile,
      @NotNull Path rootsFile,
      @NotNull Path modelFile,
      @NotNull Path answersFile,
      @NotNull String model,
      @DecimalMin("0.0001") @DecimalMax("0.5") double share) {}
}
