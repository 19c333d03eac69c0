package dev.sotto.billing.journal;

import dev.sotto.billing.ledger.Posting;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of the ledger.
 *
 * @param id its own
 * @param jobId the job that it is about, if any
 * @param posting what it does
 */
public record Posted(UUID id, @Nullable String jobId, Posting posting) {}
