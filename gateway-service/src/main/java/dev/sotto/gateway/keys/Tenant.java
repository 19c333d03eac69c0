package dev.sotto.gateway.keys;

import java.time.Instant;
import java.util.UUID;

/**
 * Whose data it is, and who pays.
 *
 * @param id its own
 * @param name for people
 * @param createdAt when it was made
 */
public record Tenant(UUID id, String name, Instant createdAt) {}
