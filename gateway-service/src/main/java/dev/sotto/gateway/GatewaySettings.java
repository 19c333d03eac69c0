package dev.sotto.gateway;

import dev.sotto.contracts.Protection;
import dev.sotto.gateway.jobs.DeskSettings;
import dev.sotto.gateway.limits.KeyLimits;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What the gateway is told at its start.
 *
 * @param keySecretFile 32 bytes or more, under which keys are stored; the same for all instances
 * @param firstKeyFile where the first start writes a key; no tenant is made where it is null
 * @param platformKeyFile the key that makes tenants; nobody makes any where it is null
 * @param auditKeyFile the key that known-answer audits come with; none is taken where it is null
 * @param modelsFolder the public parts of the models that are served, a folder each
 * @param rootsFile whom the enclave here believes
 * @param protections what jobs may be given; the first unless a caller asks
 * @param patience how long an answer whose enclave is here may take
 * @param billingUrl where usage and costs are asked for; those routes are not there without it
 * @param verificationUrl where receipts are asked for; that route is not there without it
 * @param limits of keys whose project has none of its own
 * @param jobs bounds of waiting
 * @param oidc who vouches for operators
 * @param cors which web pages may call
 */
@Validated
@ConfigurationProperties("sotto.gateway")
public record GatewaySettings(
    @NotNull Path keySecretFile,
    @Nullable Path firstKeyFile,
    @Nullable Path platformKeyFile,
    @Nullable Path auditKeyFile,
    @NotNull Path modelsFolder,
    @NotNull Path rootsFile,
    @DefaultValue("passive") List<Protection> protections,
    @DefaultValue("10m") Duration patience,
    @Nullable URI billingUrl,
    @Nullable URI verificationUrl,
    @DefaultValue Limits limits,
    @DefaultValue Jobs jobs,
    @DefaultValue Oidc oidc,
    @DefaultValue Cors cors) {
  /** IllegalArgumentException, naming the setting, for one that is none. */
  public GatewaySettings {
    protections = List.copyOf(protections);
    if (protections.isEmpty()) {
      throw new IllegalArgumentException("sotto.gateway.protections must name at least one");
    }
    if (patience.compareTo(Duration.ofSeconds(1)) < 0 || patience.compareTo(jobs.longest()) > 0) {
      throw new IllegalArgumentException(
          "sotto.gateway.patience must be from 1s to sotto.gateway.jobs.longest");
    }
  }

  /**
   * Limits of a key.
   *
   * @param requestsPerMinute answers asked for in a minute
   * @param tokensPerMinute tokens read and answered in a minute
   * @param concurrentJobs jobs at once
   */
  public record Limits(
      @DefaultValue("600") int requestsPerMinute,
      @DefaultValue("1000000") int tokensPerMinute,
      @DefaultValue("64") int concurrentJobs) {
    /** As limits. */
    public KeyLimits asKeyLimits() {
      return new KeyLimits(requestsPerMinute, tokensPerMinute, concurrentJobs);
    }
  }

  /**
   * Bounds of waiting.
   *
   * @param most jobs that this instance waits for at once
   * @param longest the longest time from a request to its deadline, at most an hour
   * @param idle after so long without a step a job of the sealed API is cancelled
   */
  public record Jobs(
      @DefaultValue("512") int most,
      @DefaultValue("1h") Duration longest,
      @DefaultValue("2m") Duration idle) {
    /** As the desk's. */
    public DeskSettings asDeskSettings() {
      return new DeskSettings(most, longest, idle);
    }
  }

  /**
   * Who vouches for operators.
   *
   * @param issuer an OpenID Connect issuer; none, and no tokens but keys, where it is empty
   * @param audience what its tokens must be for
   */
  public record Oidc(@Nullable String issuer, @DefaultValue("sotto") String audience) {}

  /**
   * Which web pages may call, without credentials of the browser's.
   *
   * @param origins patterns of origins; any by default
   */
  public record Cors(@DefaultValue("*") List<String> origins) {
    /** Copies. */
    public Cors {
      origins = List.copyOf(origins);
    }
  }
}
