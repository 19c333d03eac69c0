package dev.sotto.gateway.organization;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.gateway.errors.Refused;
import dev.sotto.gateway.keys.Project;
import dev.sotto.gateway.keys.Projects;
import dev.sotto.gateway.security.SignedIn;
import dev.sotto.openai.error.ApiError;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A tenant's projects. */
@RestController
@RequestMapping("/v1/organization/projects")
class ProjectsController {
  private final Projects projects;

  ProjectsController(Projects projects) {
    this.projects = projects;
  }

  /**
   * A project's name, to be set.
   *
   * @param name 1 to 200 characters
   */
  record Named(@Nullable String name) {}

  /**
   * A project.
   *
   * @param id its own
   * @param object {@code organization.project}
   * @param name for people
   * @param createdAt seconds of the epoch
   * @param archivedAt seconds of the epoch, or null
   * @param status active or archived
   */
  record ProjectObject(
      String id,
      String object,
      String name,
      @JsonProperty("created_at") long createdAt,
      @JsonProperty("archived_at") @Nullable Long archivedAt,
      String status) {
    static ProjectObject of(Project project) {
      Instant archived = project.archivedAt();
      return new ProjectObject(
          Ids.write(Ids.PROJECT, project.id()),
          "organization.project",
          project.name(),
          project.createdAt().getEpochSecond(),
          archived == null ? null : archived.getEpochSecond(),
          archived == null ? "active" : "archived");
    }
  }

  @GetMapping
  ListObject<ProjectObject> list(
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "20") int limit,
      @RequestParam(name = "include_archived", defaultValue = "false") boolean archivedToo) {
    return ListObject.of(
        projects.list(tenant(), Ids.page(Ids.PROJECT, after, limit), archivedToo),
        ProjectObject::of,
        ProjectObject::id);
  }

  @PostMapping
  ProjectObject create(@RequestBody Named asked) {
    return ProjectObject.of(projects.create(tenant(), Ids.name(asked.name())));
  }

  @GetMapping("/{id}")
  ProjectObject find(@PathVariable String id) {
    return projects.find(tenant(), read(id)).map(ProjectObject::of).orElseThrow(this::none);
  }

  @PostMapping("/{id}")
  ProjectObject rename(@PathVariable String id, @RequestBody Named asked) {
    return projects
        .rename(tenant(), read(id), Ids.name(asked.name()))
        .map(ProjectObject::of)
        .orElseThrow(this::none);
  }

  @PostMapping("/{id}/archive")
  ProjectObject archive(@PathVariable String id) {
    return projects.archive(tenant(), read(id)).map(ProjectObject::of).orElseThrow(this::none);
  }

  private static UUID tenant() {
    return SignedIn.caller().tenantId();
  }

  private static UUID read(String id) {
    return Ids.read(Ids.PROJECT, "project", id);
  }

  private ApiError none() {
    return Refused.notFound("project");
  }
}
