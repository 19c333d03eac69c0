package dev.sotto.gateway.organization;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.gateway.keys.ApiKeys;
import dev.sotto.gateway.keys.Projects;
import dev.sotto.gateway.keys.Tenant;
import dev.sotto.gateway.keys.Tenants;
import dev.sotto.gateway.organization.ProjectKeysController.KeyObject;
import dev.sotto.gateway.organization.ProjectsController.ProjectObject;
import io.swagger.v3.oas.annotations.Operation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * The tenants of this installation. Only the installation's own key reaches these addresses, and it
 * reaches nothing else: no tenant's key does, whatever its scopes.
 */
@RestController
@RequestMapping("/v1/platform/tenants")
class TenantsController {
  private static final Logger LOG = LoggerFactory.getLogger(TenantsController.class);

  private final Tenants tenants;
  private final Projects projects;
  private final ApiKeys keys;

  TenantsController(Tenants tenants, Projects projects, ApiKeys keys) {
    this.tenants = tenants;
    this.projects = projects;
    this.keys = keys;
  }

  /**
   * A tenant that is to be made.
   *
   * @param name 1 to 200 characters
   */
  record Wanted(@Nullable String name) {}

  /**
   * A tenant.
   *
   * @param id its own
   * @param object {@code platform.tenant}
   * @param name for people
   * @param createdAt seconds of the epoch
   */
  record TenantObject(
      String id, String object, String name, @JsonProperty("created_at") long createdAt) {
    static TenantObject of(Tenant tenant) {
      return new TenantObject(
          Ids.write(Ids.TENANT, tenant.id()),
          "platform.tenant",
          tenant.name(),
          tenant.createdAt().getEpochSecond());
    }
  }

  /**
   * A tenant that was just made, and what it begins with.
   *
   * @param id its own
   * @param object {@code platform.tenant}
   * @param name for people
   * @param createdAt seconds of the epoch
   * @param project its only one
   * @param key its only one, with all scopes; its value is in this answer only
   */
  record BegunObject(
      String id,
      String object,
      String name,
      @JsonProperty("created_at") long createdAt,
      ProjectObject project,
      KeyObject key) {}

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      summary = "Makes a tenant with a project and a first key",
      description = "For the installation's own key alone. The key of the tenant is shown once.")
  BegunObject create(@RequestBody Wanted wanted) {
    Tenants.Begun begun = tenants.begin(Ids.name(wanted.name()), projects, keys);
    LOG.info("tenant {} was made", begun.tenant().id());
    TenantObject tenant = TenantObject.of(begun.tenant());
    return new BegunObject(
        tenant.id(),
        tenant.object(),
        tenant.name(),
        tenant.createdAt(),
        ProjectObject.of(begun.project()),
        KeyObject.of(begun.key().key(), begun.key().text().reveal()));
  }

  @GetMapping
  @Operation(
      summary = "Lists tenants",
      description = "For the installation's own key alone. Oldest first.")
  ListObject<TenantObject> list(
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "20") int limit) {
    return ListObject.of(
        tenants.list(Ids.page(Ids.TENANT, after, limit)), TenantObject::of, TenantObject::id);
  }
}
