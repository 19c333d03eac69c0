package dev.sotto.gateway.keys;

import dev.sotto.gateway.limits.KeyLimits;
import dev.sotto.platform.data.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The projects of a tenant. Every call sees one tenant's. */
public final class Projects {
  private final JdbcClient sql;
  private final Tenancy tenancy;
  private final KeyLimits defaults;

  /**
   * Projects in a database.
   *
   * @param defaults the limits of keys whose project has none of its own
   */
  public Projects(JdbcClient sql, Tenancy tenancy, KeyLimits defaults) {
    this.sql = sql;
    this.tenancy = tenancy;
    this.defaults = defaults;
  }

  /** A new one. */
  public Project create(UUID tenant, String name) {
    UUID id = UUID.randomUUID();
    return tenancy.inTenant(
        tenant,
        () -> {
          sql.sql("insert into project (id, tenant_id, name) values (?, ?, ?)")
              .params(id, tenant, name)
              .update();
          return read(id).orElseThrow();
        });
  }

  /** The project, if it is the tenant's. */
  public Optional<Project> find(UUID tenant, UUID id) {
    return tenancy.inTenant(tenant, () -> read(id));
  }

  private Optional<Project> read(UUID id) {
    return sql.sql("select * from project where id = ?")
        .param(id)
        .query(Projects::project)
        .optional();
  }

  /** A part of the tenant's. */
  public Page<Project> list(UUID tenant, Page.Request page, boolean archivedToo) {
    List<Project> found =
        tenancy.inTenant(
            tenant,
            () ->
                sql.sql(
                        """
                        select p.* from project p
                        where (:archived or p.archived_at is null)
                          and (:after::uuid is null or (p.created_at, p.id) >
                               (select a.created_at, a.id from project a where a.id = :after::uuid))
                        order by p.created_at, p.id limit :limit""")
                    .param("archived", archivedToo)
                    .param("after", page.after())
                    .param("limit", page.limit() + 1)
                    .query(Projects::project)
                    .list());
    return Page.of(found, page.limit());
  }

  /** Gives it another name. Empty if it is not the tenant's. */
  public Optional<Project> rename(UUID tenant, UUID id, String name) {
    return tenancy.inTenant(
        tenant,
        () -> {
          sql.sql("update project set name = ? where id = ?").params(name, id).update();
          return read(id);
        });
  }

  /** Ends it: its keys are none from now on. Empty if it is not the tenant's. */
  public Optional<Project> archive(UUID tenant, UUID id) {
    return tenancy.inTenant(
        tenant,
        () -> {
          sql.sql("update project set archived_at = coalesce(archived_at, now()) where id = ?")
              .param(id)
              .update();
          return read(id);
        });
  }

  /** The limits of each of its keys. */
  public KeyLimits limits(UUID tenant, UUID id) {
    return tenancy.inTenant(
        tenant,
        () ->
            sql.sql("select * from project_limits where project_id = ?")
                .param(id)
                .query(
                    (row, n) ->
                        new KeyLimits(
                            row.getInt("requests_per_minute"),
                            row.getInt("tokens_per_minute"),
                            row.getInt("concurrent_jobs")))
                .optional()
                .orElse(defaults));
  }

  /** Sets the limits of each of its keys. The project must be the tenant's. */
  public void limit(UUID tenant, UUID id, KeyLimits limits) {
    tenancy.inTenant(
        tenant,
        () ->
            sql.sql(
                    """
                    insert into project_limits values (?, ?, ?, ?, ?)
                    on conflict (project_id) do update set
                      requests_per_minute = excluded.requests_per_minute,
                      tokens_per_minute = excluded.tokens_per_minute,
                      concurrent_jobs = excluded.concurrent_jobs""")
                .params(
                    id,
                    tenant,
                    limits.requestsPerMinute(),
                    limits.tokensPerMinute(),
                    limits.concurrentJobs())
                .update());
  }

  private static Project project(ResultSet row, int number) throws SQLException {
    return new Project(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        instant(row, "archived_at"));
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static @Nullable OffsetDateTime utc(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }
}
