package dev.sotto.gateway.keys;

import dev.sotto.platform.data.Tenancy;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The keys of a tenant's projects. Every call sees one tenant's. */
public final class ApiKeys {
  private final JdbcClient sql;
  private final Tenancy tenancy;
  private final byte[] secret;
  private final SecureRandom random = new SecureRandom();

  /**
   * Keys in a database.
   *
   * @param secret under which they are stored
   */
  public ApiKeys(JdbcClient sql, Tenancy tenancy, byte[] secret) {
    this.sql = sql;
    this.tenancy = tenancy;
    this.secret = secret.clone();
  }

  /**
   * A key that was just made.
   *
   * @param text the key; this is the only time that it is seen
   * @param key what stays known of it
   */
  public record Created(KeyText text, ApiKey key) {}

  /** A new one. The project must be the tenant's. */
  public Created create(
      UUID tenant, UUID project, String name, Set<Scope> scopes, @Nullable Instant expiresAt) {
    KeyText text = KeyText.draw(random);
    UUID id = UUID.randomUUID();
    String[] labels = scopes.stream().map(Scope::label).sorted().toArray(String[]::new);
    ApiKey key =
        tenancy.inTenant(
            tenant,
            () -> {
              sql.sql(
                      """
                      insert into api_key
                        (id, tenant_id, project_id, name, prefix, key_hash, scopes, expires_at)
                      values (?, ?, ?, ?, ?, ?, ?, ?)""")
                  .params(
                      id,
                      tenant,
                      project,
                      name,
                      text.prefix(),
                      KeyText.hash(secret, text.reveal()),
                      labels)
                  .param(Projects.utc(expiresAt))
                  .update();
              return read(project, id).orElseThrow();
            });
    return new Created(text, key);
  }

  /** The key, if it is the tenant's and the project's. */
  public Optional<ApiKey> find(UUID tenant, UUID project, UUID id) {
    return tenancy.inTenant(tenant, () -> read(project, id));
  }

  private Optional<ApiKey> read(UUID project, UUID id) {
    return sql.sql("select * from api_key where project_id = ? and id = ? and revoked_at is null")
        .params(project, id)
        .query(ApiKeys::key)
        .optional();
  }

  /** A part of a project's keys that are not revoked. */
  public Page<ApiKey> list(UUID tenant, UUID project, Page.Request page) {
    List<ApiKey> found =
        tenancy.inTenant(
            tenant,
            () ->
                sql.sql(
                        """
                        select k.* from api_key k
                        where k.project_id = :project and k.revoked_at is null
                          and (:after::uuid is null or (k.created_at, k.id) >
                               (select a.created_at, a.id from api_key a where a.id = :after::uuid))
                        order by k.created_at, k.id limit :limit""")
                    .param("project", project)
                    .param("after", page.after())
                    .param("limit", page.limit() + 1)
                    .query(ApiKeys::key)
                    .list());
    return Page.of(found, page.limit());
  }

  /** Revokes it for good. False if it is not the tenant's and the project's, or was revoked. */
  public boolean revoke(UUID tenant, UUID project, UUID id) {
    return tenancy.inTenant(
            tenant,
            () ->
                sql.sql(
                        """
                        update api_key set revoked_at = now()
                        where project_id = ? and id = ? and revoked_at is null""")
                    .params(project, id)
                    .update())
        > 0;
  }

  private static ApiKey key(ResultSet row, int number) throws SQLException {
    return new ApiKey(
        row.getObject("id", UUID.class),
        row.getObject("project_id", UUID.class),
        row.getString("name"),
        row.getString("prefix"),
        scopes(row),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        Projects.instant(row, "expires_at"),
        Projects.instant(row, "revoked_at"),
        Projects.instant(row, "last_used_at"));
  }

  /** A label that a newer version wrote means nothing here. */
  static Set<Scope> scopes(ResultSet row) throws SQLException {
    Set<Scope> scopes = new TreeSet<>();
    for (Object label : (Object[]) row.getArray("scopes").getArray()) {
      Scope.of((String) label).ifPresent(scopes::add);
    }
    return scopes;
  }
}
