package dev.sotto.platform.event;

import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.Topic;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells events: in the current transaction, so that they are published if and only if it commits.
 * They carry the trace of whoever told them.
 */
public final class Outbox {
  private final JdbcClient jdbc;
  private final InstantSource clock;
  private final Supplier<@Nullable String> trace;
  private final Runnable committed;

  Outbox(
      JdbcClient jdbc, InstantSource clock, Supplier<@Nullable String> trace, Runnable committed) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.trace = trace;
    this.committed = committed;
  }

  /** Tells events, in this order; IllegalStateException outside of a transaction. */
  public void tell(Event... events) {
    if (!TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException("Events are told in a transaction: that of their cause");
    }
    for (Event event : events) {
      EventRecord told = new EventRecord(UUID.randomUUID(), clock.millis(), event);
      byte[] value = EventCodec.encode(told);
      if (value.length > Topic.MAX_RECORD_BYTES) {
        throw new IllegalArgumentException(
            event.getClass().getSimpleName() + " is longer than a record may be");
      }
      jdbc.sql("INSERT INTO outbox (id, topic, key, value, traceparent) VALUES (?, ?, ?, ?, ?)")
          .param(told.id())
          .param(event.topic().topicName())
          .param(event.key())
          .param(value)
          .param(trace.get())
          .update();
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            committed.run();
          }
        });
  }
}
