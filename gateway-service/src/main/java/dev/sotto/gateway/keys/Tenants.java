package dev.sotto.gateway.keys;

import dev.sotto.platform.data.Tenancy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tenants: whose data it is. */
public final class Tenants {
  private final JdbcClient sql;
  private final Tenancy tenancy;

  /** In a database. */
  public Tenants(JdbcClient sql, Tenancy tenancy) {
    this.sql = sql;
    this.tenancy = tenancy;
  }

  /**
   * A tenant that can begin.
   *
   * @param tenant itself
   * @param project its only one
   * @param key its only one, with all scopes; the only time that its text is seen
   */
  public record Begun(Tenant tenant, Project project, ApiKeys.Created key) {}

  /**
   * A new one with a project {@code default} and a key that may do all that a tenant's keys may:
   * all of it or, after an error, nothing.
   *
   * @param name for people, 1 to 200 characters
   */
  public Begun begin(String name, Projects projects, ApiKeys keys) {
    UUID id = UUID.randomUUID();
    return tenancy.inTenant(
        id,
        () -> {
          insert(id, name);
          Project project = projects.create(id, "default");
          ApiKeys.Created key =
              keys.create(id, project.id(), "first", EnumSet.allOf(Scope.class), null);
          Tenant tenant =
              sql.sql("select * from tenant where id = ?")
                  .param(id)
                  .query(Tenants::tenant)
                  .single();
          return new Begun(tenant, project, key);
        });
  }

  /**
   * A new one that has nothing yet.
   *
   * @param name for people, 1 to 200 characters
   */
  public UUID create(String name) {
    UUID id = UUID.randomUUID();
    tenancy.inTenant(id, () -> insert(id, name));
    return id;
  }

  private void insert(UUID id, String name) {
    sql.sql("insert into tenant (id, name) values (?, ?)").params(id, name).update();
  }

  /** Whether there is such a one. */
  public boolean exists(UUID id) {
    return tenancy.inTenant(
        id,
        () ->
            sql.sql("select exists (select 1 from tenant where id = ?)")
                .param(id)
                .query(Boolean.class)
                .single());
  }

  /** A part of all of them: for whoever runs the installation. */
  public Page<Tenant> list(Page.Request page) {
    List<Tenant> found =
        tenancy.asWorker(
            () ->
                sql.sql(
                        """
                        select t.* from tenant t
                        where :after::uuid is null or (t.created_at, t.id) >
                          (select a.created_at, a.id from tenant a where a.id = :after::uuid)
                        order by t.created_at, t.id limit :limit""")
                    .param("after", page.after())
                    .param("limit", page.limit() + 1)
                    .query(Tenants::tenant)
                    .list());
    return Page.of(found, page.limit());
  }

  /** Whether there is any but that one. */
  boolean anyBut(UUID one) {
    return tenancy.asWorker(
        () ->
            sql.sql("select exists (select 1 from tenant where id <> ?)")
                .param(one)
                .query(Boolean.class)
                .single());
  }

  private static Tenant tenant(ResultSet row, int number) throws SQLException {
    return new Tenant(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}
