package dev.sotto.gateway.keys;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key once it has been shown.
 *
 * @param id its own
 * @param projectId its project
 * @param name for people
 * @param prefix its public beginning
 * @param scopes what it may do
 * @param createdAt when it was made
 * @param expiresAt from when on it is none, or null
 * @param revokedAt when it was revoked, or null
 * @param lastUsedAt when it was last shown, to a minute, or null
 */
public record ApiKey(
    UUID id,
    UUID projectId,
    String name,
    String prefix,
    Set<Scope> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable Instant lastUsedAt) {
  /** Copies. */
  public ApiKey {
    scopes = Set.copyOf(scopes);
  }
}
