package dev.sotto.billing.usage;

import java.util.UUID;

/**
 * What a job used and cost, or a correction of it; then amounts may be negative.
 *
 * @param tenantId who pays
 * @param projectId a division of the tenant
 * @param keyId the credential that was used
 * @param jobId the job
 * @param part 1 for the job itself; a correction counts on
 * @param model its name, as callers know it
 * @param protection what it was given, as it is written everywhere
 * @param priceVersion the price book's version
 * @param requests 1 for the job itself, 0 for a correction
 * @param promptTokens tokens of the prompt
 * @param completionTokens tokens of the answer
 * @param cost micro-units
 */
public record UsageLine(
    UUID tenantId,
    UUID projectId,
    UUID keyId,
    String jobId,
    int part,
    String model,
    String protection,
    int priceVersion,
    int requests,
    long promptTokens,
    long completionTokens,
    long cost) {}
