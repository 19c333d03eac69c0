package dev.sotto.gateway.keys;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.gateway.keys.Caller.KeyHolder;
import dev.sotto.gateway.limits.KeyLimits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Finds who holds a key. What was found is believed for a second: every step of every job shows its
 * key, and a revocation must be felt by all instances within two seconds.
 */
public final class KeyDirectory {
  private static final Duration BELIEVED = Duration.ofSeconds(1);
  private static final int MOST_BELIEVED = 10_000;

  private final JdbcClient sql;
  private final TransactionOperations transactions;
  private final byte[] secret;
  private final KeyLimits defaults;
  private final Clock clock;
  private final Cache<String, KeyHolder> believed =
      Caffeine.newBuilder().expireAfterWrite(BELIEVED).maximumSize(MOST_BELIEVED).build();

  /**
   * A directory over the table of keys.
   *
   * @param secret under which keys are stored
   * @param defaults the limits of keys whose project has none of its own
   */
  public KeyDirectory(
      JdbcClient sql,
      TransactionOperations transactions,
      byte[] secret,
      KeyLimits defaults,
      Clock clock) {
    this.sql = sql;
    this.transactions = transactions;
    this.secret = secret.clone();
    this.defaults = defaults;
    this.clock = clock;
  }

  /** Who holds the key; nobody, if it is unknown, expired, revoked or of an archived project. */
  public Optional<KeyHolder> find(String text) {
    if (!KeyText.wellFormed(text)) {
      return Optional.empty();
    }
    String hash = KeyText.hash(secret, text);
    Optional<KeyHolder> holder = Optional.ofNullable(believed.getIfPresent(hash));
    if (holder.isEmpty()) {
      holder = transactions.execute(status -> read(hash));
      holder.ifPresent(found -> believed.put(hash, found));
    }
    return holder.filter(this::unexpired);
  }

  private boolean unexpired(KeyHolder holder) {
    Instant end = holder.expiresAt();
    return end == null || clock.instant().isBefore(end);
  }

  private Optional<KeyHolder> read(String hash) {
    set("sotto.key_hash", hash);
    UUID tenant =
        sql.sql("select tenant_id from api_key where key_hash = ? and revoked_at is null")
            .param(hash)
            .query(UUID.class)
            .optional()
            .orElse(null);
    if (tenant == null) {
      return Optional.empty();
    }
    set("sotto.tenant", tenant.toString());
    sql.sql(
            """
            update api_key set last_used_at = now()
            where key_hash = ? and (last_used_at is null or last_used_at < now() - interval '1 minute')""")
        .param(hash)
        .update();
    return sql.sql(
            """
            select k.*, l.requests_per_minute, l.tokens_per_minute, l.concurrent_jobs
            from api_key k join project p on p.id = k.project_id
            left join project_limits l on l.project_id = k.project_id
            where k.key_hash = ? and k.revoked_at is null and p.archived_at is null""")
        .param(hash)
        .query(this::holder)
        .optional();
  }

  private void set(String name, String value) {
    sql.sql("select set_config(?, ?, true)").params(name, value).query(String.class).single();
  }

  private KeyHolder holder(ResultSet row, int number) throws SQLException {
    int requests = row.getInt("requests_per_minute");
    KeyLimits limits =
        row.wasNull()
            ? defaults
            : new KeyLimits(
                requests, row.getInt("tokens_per_minute"), row.getInt("concurrent_jobs"));
    return new KeyHolder(
        row.getObject("tenant_id", UUID.class),
        row.getObject("project_id", UUID.class),
        row.getObject("id", UUID.class),
        ApiKeys.scopes(row),
        limits,
        Projects.instant(row, "expires_at"));
  }
}
