package dev.sotto.gateway.keys;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A division of a tenant: keys belong to it, limits and caps are set on it.
 *
 * @param id its own
 * @param name for people
 * @param createdAt when it was made
 * @param archivedAt from when on its keys are none, or null
 */
public record Project(UUID id, String name, Instant createdAt, @Nullable Instant archivedAt) {}
