package dev.sotto.gateway.organization;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.gateway.errors.Refused;
import dev.sotto.gateway.keys.Project;
import dev.sotto.gateway.keys.Projects;
import dev.sotto.gateway.limits.KeyLimits;
import dev.sotto.gateway.security.SignedIn;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The limits of each key of a project: one set, for all models. */
@RestController
@RequestMapping("/v1/organization/projects/{project}/rate_limits")
class RateLimitsController {
  private static final String ID = "rl_all_models";

  private final Projects projects;

  RateLimitsController(Projects projects) {
    this.projects = projects;
  }

  /**
   * Limits that are to be set; what is null stays.
   *
   * @param requests in a minute
   * @param tokens in a minute
   * @param jobs at once
   */
  record Asked(
      @JsonProperty("max_requests_per_1_minute") @Nullable Integer requests,
      @JsonProperty("max_tokens_per_1_minute") @Nullable Integer tokens,
      @JsonProperty("max_concurrent_jobs") @Nullable Integer jobs) {}

  /**
   * Limits.
   *
   * @param object {@code project.rate_limit}
   * @param id the only one
   * @param model all of them
   * @param requests in a minute
   * @param tokens in a minute
   * @param jobs at once
   */
  record RateLimit(
      String object,
      String id,
      String model,
      @JsonProperty("max_requests_per_1_minute") int requests,
      @JsonProperty("max_tokens_per_1_minute") int tokens,
      @JsonProperty("max_concurrent_jobs") int jobs) {
    static RateLimit of(KeyLimits limits) {
      return new RateLimit(
          "project.rate_limit",
          ID,
          "*",
          limits.requestsPerMinute(),
          limits.tokensPerMinute(),
          limits.concurrentJobs());
    }
  }

  @GetMapping
  ListObject<RateLimit> list(@PathVariable String project) {
    RateLimit only = RateLimit.of(projects.limits(tenant(), project(project)));
    return new ListObject<>("list", List.of(only), ID, ID, false);
  }

  @PostMapping("/{id}")
  RateLimit set(@PathVariable String project, @PathVariable String id, @RequestBody Asked asked) {
    UUID of = project(project);
    if (!id.equals(ID)) {
      throw Refused.notFound("rate limit");
    }
    KeyLimits now = projects.limits(tenant(), of);
    KeyLimits most = KeyLimits.MOST;
    KeyLimits next =
        new KeyLimits(
            checked(
                "max_requests_per_1_minute",
                asked.requests(),
                now.requestsPerMinute(),
                most.requestsPerMinute()),
            checked(
                "max_tokens_per_1_minute",
                asked.tokens(),
                now.tokensPerMinute(),
                most.tokensPerMinute()),
            checked(
                "max_concurrent_jobs", asked.jobs(), now.concurrentJobs(), most.concurrentJobs()));
    projects.limit(tenant(), of, next);
    return RateLimit.of(next);
  }

  private static int checked(String field, @Nullable Integer asked, int now, int most) {
    if (asked != null && (asked < 1 || asked > most)) {
      throw Refused.invalid(field, "must be from 1 to " + most + ".");
    }
    return asked == null ? now : asked;
  }

  private UUID project(String id) {
    return projects
        .find(tenant(), Ids.read(Ids.PROJECT, "project", id))
        .map(Project::id)
        .orElseThrow(() -> Refused.notFound("project"));
  }

  private static UUID tenant() {
    return SignedIn.caller().tenantId();
  }
}
