package dev.sotto.gateway.keys;

import dev.sotto.gateway.limits.KeyLimits;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who calls. */
public sealed interface Caller {
  /** Whose data it is. */
  UUID tenantId();

  /** What it may do. */
  Set<Scope> scopes();

  /**
   * The holder of a key.
   *
   * @param tenantId whose data it is
   * @param projectId the key's project
   * @param keyId the key
   * @param scopes what it may do
   * @param limits how much it may ask for
   * @param expiresAt from when on it is none, or null
   */
  record KeyHolder(
      UUID tenantId,
      UUID projectId,
      UUID keyId,
      Set<Scope> scopes,
      KeyLimits limits,
      @Nullable Instant expiresAt)
      implements Caller {
    /** Copies. */
    public KeyHolder {
      scopes = Set.copyOf(scopes);
    }
  }

  /**
   * A person whom the tenant's identity provider vouches for.
   *
   * @param tenantId whose data it is
   * @param subject the provider's name for the person
   * @param scopes what it may do
   */
  record Operator(UUID tenantId, String subject, Set<Scope> scopes) implements Caller {
    /** Copies. */
    public Operator {
      scopes = Set.copyOf(scopes);
    }

    @Override
    public String toString() {
      return "Operator[tenant " + tenantId + "]";
    }
  }
}
