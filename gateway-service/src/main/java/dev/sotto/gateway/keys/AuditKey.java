package dev.sotto.gateway.keys;

import dev.sotto.platform.data.Tenancy;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The key that known-answer audits come with: a key like callers', of a tenant of its own, drawn by
 * whoever installs the platform and given to the gateway and to the verification in a file each.
 * The tenant's id looks like any other: it follows from a secret of the gateway.
 */
public final class AuditKey {
  private static final String NAME = "audits";
  private static final String SCOPE = Scope.SEALED.label();

  private final JdbcClient sql;
  private final Tenancy tenancy;
  private final byte[] secret;

  /**
   * Over the given tables.
   *
   * @param secret under which keys are stored
   */
  public AuditKey(JdbcClient sql, Tenancy tenancy, byte[] secret) {
    this.sql = sql;
    this.tenancy = tenancy;
    this.secret = secret.clone();
  }

  /** The tenant of audits under a secret. */
  static UUID tenant(byte[] secret) {
    return id(secret, "tenant");
  }

  private static UUID id(byte[] secret, String what) {
    byte[] hash = HexFormat.of().parseHex(KeyText.hash(secret, NAME + "/" + what));
    ByteBuffer bits = ByteBuffer.wrap(hash);
    long high = (bits.getLong() & ~0xf000L) | 0x4000L; // as a random one: version 4
    long low = (bits.getLong() & ~(0b11L << 62)) | (0b10L << 62);
    return new UUID(high, low);
  }

  /** From now on this key is the one of audits, and no other is. */
  public void set(String key) {
    if (!KeyText.wellFormed(key)) {
      throw new IllegalStateException("sotto.gateway.audit-key-file must hold one key");
    }
    UUID tenant = tenant(secret);
    UUID project = id(secret, "project");
    String hash = KeyText.hash(secret, key);
    tenancy.inTenant(
        tenant,
        () -> {
          sql.sql("insert into tenant (id, name) values (?, ?) on conflict do nothing")
              .params(tenant, NAME)
              .update();
          sql.sql(
                  "insert into project (id, tenant_id, name) values (?, ?, ?)"
                      + " on conflict do nothing")
              .params(project, tenant, NAME)
              .update();
          sql.sql(
                  "update api_key set revoked_at = now()"
                      + " where project_id = ? and key_hash <> ? and revoked_at is null")
              .params(project, hash)
              .update();
          sql.sql(
                  """
                  insert into api_key (id, tenant_id, project_id, name, prefix, key_hash, scopes)
                  values (?, ?, ?, ?, ?, ?, ?) on conflict (key_hash) do nothing""")
              .params(
                  UUID.randomUUID(),
                  tenant,
                  project,
                  NAME,
                  KeyText.prefix(key),
                  hash,
                  new String[] {SCOPE})
              .update();
        });
  }
}
