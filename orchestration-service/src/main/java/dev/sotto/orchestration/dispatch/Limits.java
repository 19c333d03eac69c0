package dev.sotto.orchestration.dispatch;

import java.time.Duration;

/**
 * Bounds on jobs.
 *
 * @param queued waiting, in all
 * @param queuedPerTenant waiting, of one tenant
 * @param placedPerTenant holding lanes, of one tenant
 * @param noLaneWait for how long a job waits while no lane lives that could take it
 * @param idle for how long a placed job may go without a step
 * @param lastResults for how long the end of an answered job waits for results on their way
 * @param lastWord for how long a job whose lane is gone waits for its caller's word
 * @param keepEnded for how long jobs that are over are kept
 */
public record Limits(
    int queued,
    int queuedPerTenant,
    int placedPerTenant,
    Duration noLaneWait,
    Duration idle,
    Duration lastResults,
    Duration lastWord,
    Duration keepEnded) {}
