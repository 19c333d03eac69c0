package dev.sotto.contracts.event;

import java.util.UUID;

/**
 * An event as it travels.
 *
 * @param id its own, drawn when it is told first; the same in every redelivery
 * @param occurredAt milliseconds of the epoch
 * @param event what is told
 */
public record EventRecord(UUID id, long occurredAt, Event event) {}
