package dev.sotto.orchestration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What an operator may set, under {@code sotto.orchestration}.
 *
 * @param rootsFile whom to believe about lanes: {@link dev.sotto.contracts.manifest.TrustRoots} as
 *     JSON
 * @param queued at most so many jobs wait in all
 * @param queuedPerTenant at most so many of one tenant
 * @param placedPerTenant at most so many of one tenant hold lanes at once, idle or not
 * @param noLaneWait for how long a job waits for a lane while there is none that lives
 * @param idle for how long a placed job may go without a step of its caller
 * @param silence for how long a node that says nothing is still there
 * @param lastResults for how long the end of an answered job waits for results that are on their
 *     way here
 * @param lastWord for how long a job whose lane is gone waits for its caller to say that it has its
 *     answer; longer than a caller goes on saying so to a gateway that is away
 * @param keepEnded for how long jobs that are over are kept; longer than topics keep their requests
 */
@Validated
@ConfigurationProperties("sotto.orchestration")
public record OrchestrationSettings(
    Path rootsFile,
    @DefaultValue("2048") @Min(1) @Max(100_000) int queued,
    @DefaultValue("256") @Min(1) @Max(100_000) int queuedPerTenant,
    @DefaultValue("32") @Min(1) @Max(100_000) int placedPerTenant,
    @DefaultValue("10s") Duration noLaneWait,
    @DefaultValue("2m") Duration idle,
    @DefaultValue("6s") Duration silence,
    @DefaultValue("3s") Duration lastResults,
    @DefaultValue("40s") Duration lastWord,
    @DefaultValue("8d") Duration keepEnded) {
  private static final Duration LEAST_KEPT = Duration.ofDays(8);

  /** IllegalArgumentException, naming the setting, when one is out of bounds. */
  public OrchestrationSettings {
    if (rootsFile == null) {
      throw new IllegalArgumentException("sotto.orchestration.roots-file must name a file");
    }
    positive("no-lane-wait", noLaneWait);
    positive("idle", idle);
    positive("silence", silence);
    positive("last-results", lastResults);
    positive("last-word", lastWord);
    if (keepEnded.compareTo(LEAST_KEPT) < 0) {
      throw new IllegalArgumentException(
          "sotto.orchestration.keep-ended must be at least 8d: a request that is delivered again"
              + " within a week must be known");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("sotto.orchestration." + name + " must be longer than 0");
    }
  }
}
