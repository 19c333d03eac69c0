package dev.sotto.gateway.organization;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.gateway.errors.Refused;
import dev.sotto.gateway.keys.ApiKey;
import dev.sotto.gateway.keys.ApiKeys;
import dev.sotto.gateway.keys.Project;
import dev.sotto.gateway.keys.Projects;
import dev.sotto.gateway.keys.Scope;
import dev.sotto.gateway.security.SignedIn;
import dev.sotto.openai.error.ApiError;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The keys of a project. A key is shown once, in the answer that creates it. */
@RestController
@RequestMapping("/v1/organization/projects/{project}/api_keys")
class ProjectKeysController {
  private static final long LAST_SECOND = 253_402_300_799L;

  private final Projects projects;
  private final ApiKeys keys;
  private final Clock clock;

  ProjectKeysController(Projects projects, ApiKeys keys, Clock clock) {
    this.projects = projects;
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * A key that is asked for.
   *
   * @param name 1 to 200 characters
   * @param scopes what it may do; inference and sealed where there are none
   * @param expiresAt seconds of the epoch, or null
   */
  record Asked(
      @Nullable String name,
      @Nullable List<String> scopes,
      @JsonProperty("expires_at") @Nullable Long expiresAt) {}

  /**
   * A key.
   *
   * @param object {@code organization.project.api_key}
   * @param id its own
   * @param name for people
   * @param redactedValue its public beginning
   * @param scopes what it may do
   * @param createdAt seconds of the epoch
   * @param expiresAt seconds of the epoch, or null
   * @param lastUsedAt seconds of the epoch, or null
   * @param owner whose it is: the project's
   * @param value the key itself, in the answer that creates it only
   */
  record KeyObject(
      String object,
      String id,
      String name,
      @JsonProperty("redacted_value") String redactedValue,
      List<String> scopes,
      @JsonProperty("created_at") long createdAt,
      @JsonProperty("expires_at") @Nullable Long expiresAt,
      @JsonProperty("last_used_at") @Nullable Long lastUsedAt,
      Owner owner,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String value) {
    /**
     * Whose a key is.
     *
     * @param type {@code project}
     * @param id the project
     */
    record Owner(String type, String id) {}

    static KeyObject of(ApiKey key) {
      return of(key, null);
    }

    static KeyObject of(ApiKey key, @Nullable String value) {
      return new KeyObject(
          "organization.project.api_key",
          Ids.write(Ids.KEY, key.id()),
          key.name(),
          key.prefix() + "…",
          key.scopes().stream().map(Scope::label).sorted().toList(),
          key.createdAt().getEpochSecond(),
          seconds(key.expiresAt()),
          seconds(key.lastUsedAt()),
          new Owner("project", Ids.write(Ids.PROJECT, key.projectId())),
          value);
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
      return time == null ? null : time.getEpochSecond();
    }

    @Override
    public String toString() {
      return "KeyObject[" + id + "]";
    }
  }

  /**
   * A key that is no more.
   *
   * @param object {@code organization.project.api_key.deleted}
   * @param id its own
   * @param deleted true
   */
  record Deleted(String object, String id, boolean deleted) {}

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  KeyObject create(@PathVariable String project, @RequestBody Asked asked) {
    Project of = project(project);
    if (of.archivedAt() != null) {
      throw new ApiError(409, "project_archived", null, "The project is archived.");
    }
    ApiKeys.Created made =
        keys.create(
            tenant(), of.id(), Ids.name(asked.name()), scopes(asked), expiry(asked.expiresAt()));
    return KeyObject.of(made.key(), made.text().reveal());
  }

  private static Set<Scope> scopes(Asked asked) {
    List<String> labels = asked.scopes();
    if (labels == null) {
      return EnumSet.of(Scope.INFERENCE, Scope.SEALED);
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String label : labels) {
      scopes.add(
          Scope.of(label)
              .orElseThrow(
                  () ->
                      Refused.invalid(
                          "scopes", "must be of inference, sealed, usage.read and admin.")));
    }
    if (scopes.isEmpty()) {
      throw Refused.invalid("scopes", "must not be empty.");
    }
    return scopes;
  }

  private @Nullable Instant expiry(@Nullable Long seconds) {
    if (seconds == null) {
      return null;
    }
    if (seconds <= clock.instant().getEpochSecond() || seconds > LAST_SECOND) {
      throw Refused.invalid("expires_at", "must be in the future, in seconds of the epoch.");
    }
    return Instant.ofEpochSecond(seconds);
  }

  @GetMapping
  ListObject<KeyObject> list(
      @PathVariable String project,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "20") int limit) {
    return ListObject.of(
        keys.list(tenant(), project(project).id(), Ids.page(Ids.KEY, after, limit)),
        KeyObject::of,
        KeyObject::id);
  }

  @GetMapping("/{id}")
  KeyObject find(@PathVariable String project, @PathVariable String id) {
    return keys.find(tenant(), project(project).id(), key(id))
        .map(KeyObject::of)
        .orElseThrow(() -> Refused.notFound("API key"));
  }

  @DeleteMapping("/{id}")
  Deleted delete(@PathVariable String project, @PathVariable String id) {
    if (!keys.revoke(tenant(), project(project).id(), key(id))) {
      throw Refused.notFound("API key");
    }
    return new Deleted("organization.project.api_key.deleted", id, true);
  }

  private Project project(String id) {
    return projects
        .find(tenant(), Ids.read(Ids.PROJECT, "project", id))
        .orElseThrow(() -> Refused.notFound("project"));
  }

  private static UUID key(String id) {
    return Ids.read(Ids.KEY, "API key", id);
  }

  private static UUID tenant() {
    return SignedIn.caller().tenantId();
  }
}
