package dev.sotto.client.platform;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import java.time.Instant;

/**
 * What a platform needs to know to place a job.
 *
 * @param jobId drawn by the enclave
 * @param model its name
 * @param protection what it must be given
 * @param promptTokens length of the prompt
 * @param maxTokens at most so many tokens will be generated
 * @param deadline after this its answer is of no use
 */
public record JobRequest(
    JobId jobId,
    String model,
    Protection protection,
    int promptTokens,
    int maxTokens,
    Instant deadline) {}
