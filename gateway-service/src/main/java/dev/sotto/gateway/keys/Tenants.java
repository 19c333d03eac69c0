package dev.sotto.gateway.keys;

import dev.sotto.platform.data.Tenancy;
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
   * A new one.
   *
   * @param name for people, 1 to 200 characters
   */
  public UUID create(String name) {
    UUID id = UUID.randomUUID();
    tenancy.inTenant(
        id, () -> sql.sql("insert into tenant (id, name) values (?, ?)").params(id, name).update());
    return id;
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

  /** Whether there is any but that one. */
  boolean anyBut(UUID one) {
    return tenancy.asWorker(
        () ->
            sql.sql("select exists (select 1 from tenant where id <> ?)")
                .param(one)
                .query(Boolean.class)
                .single());
  }
}
