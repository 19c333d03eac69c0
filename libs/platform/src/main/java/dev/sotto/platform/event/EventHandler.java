package dev.sotto.platform.event;

import dev.sotto.contracts.event.EventRecord;

/**
 * What an event does. Runs in a transaction that has noted the event's id and names no tenant: it
 * enters one with {@link dev.sotto.platform.data.Tenancy}. What it does outside of the database may
 * happen again.
 */
@FunctionalInterface
public interface EventHandler {
  /**
   * Takes one event. {@link UnusableEvent} sends it to the dead letters at once; what looks
   * transient is tried again until it passes; anything else a few times, and then goes there too.
   */
  void take(EventRecord told);
}
