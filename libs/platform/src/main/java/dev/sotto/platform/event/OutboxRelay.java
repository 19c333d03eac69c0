package dev.sotto.platform.event;

import dev.sotto.platform.event.OutboxTable.Row;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes what the outbox holds: at once after a commit here, within the polling interval after a
 * commit elsewhere or a crash. Rows go out in order and are deleted up to the first that the broker
 * has not acknowledged, so that a row is sent again rather than lost, and the first time that a
 * reader sees an event is in order. One relay a schema is at work, whoever holds the lock.
 */
final class OutboxRelay implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
  private static final long POLL_MILLIS = 500;
  private static final long CLEANING_NANOS = Duration.ofHours(1).toNanos();

  private final DataSource dataSource;
  private final OutboxTable table;
  private final Producer<String, byte[]> producer;
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean running;
  private volatile @Nullable String failure;
  private @Nullable Thread thread;
  private long cleaned = System.nanoTime() - CLEANING_NANOS;

  OutboxRelay(DataSource dataSource, OutboxTable table, Producer<String, byte[]> producer) {
    this.dataSource = dataSource;
    this.table = table;
    this.producer = producer;
  }

  /** Something has been committed. */
  void wake() {
    signal.release();
  }

  /** Why the last attempt failed, or null. */
  @Nullable String failure() {
    return failure;
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().daemon().name("outbox").start(this::run);
  }

  @Override
  public void stop() {
    running = false;
    wake();
    Thread former = thread;
    if (former != null) {
      former.interrupt();
      try {
        former.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      thread = null;
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  /** Before whatever tells events, and after it at the end. */
  @Override
  public int getPhase() {
    return 0;
  }

  private void run() {
    while (running) {
      try (Connection connection = dataSource.getConnection()) {
        if (table.lock(connection)) {
          try {
            relay(connection);
          } finally {
            table.unlock(connection);
          }
        } else {
          failure = null; // another instance is at work
          idle();
        }
      } catch (InterruptedException e) {
        // running says whether to go on
      } catch (SQLException | KafkaException | ExecutionException e) {
        fail(e);
      }
    }
  }

  private void fail(Exception e) {
    String reason = e.getClass().getSimpleName();
    if (!reason.equals(failure)) { // once a failure, not once an attempt
      LOG.warn("Events wait in the outbox: {}", reason, e);
    }
    failure = reason;
    try {
      idle();
    } catch (InterruptedException interrupted) {
      // running says whether to go on
    }
  }

  private void idle() throws InterruptedException {
    if (signal.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      signal.drainPermits();
    }
  }

  private void relay(Connection connection)
      throws SQLException, InterruptedException, ExecutionException {
    while (running) {
      List<Row> rows = table.oldest(connection);
      if (rows.isEmpty()) {
        failure = null;
        clean(connection);
        idle();
        continue;
      }
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (Row row : rows) {
        sent.add(producer.send(record(row)));
      }
      List<Long> acknowledged = new ArrayList<>();
      try {
        for (int i = 0; i < rows.size(); i++) {
          await(sent.get(i));
          acknowledged.add(rows.get(i).position());
        }
        failure = null;
      } finally {
        // Also after an interruption or a failure: what is acknowledged need not go again.
        if (!acknowledged.isEmpty()) {
          table.delete(connection, acknowledged);
        }
      }
    }
  }

  /**
   * The producer itself tries again for as long as it takes; here is only where that is noticed.
   */
  private void await(Future<RecordMetadata> sent) throws InterruptedException, ExecutionException {
    while (true) {
      try {
        sent.get(5, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        if (failure == null) {
          LOG.warn("Events wait in the outbox: the broker does not acknowledge");
        }
        failure = "the broker does not acknowledge";
      }
    }
  }

  private void clean(Connection connection) throws SQLException {
    if (System.nanoTime() - cleaned > CLEANING_NANOS) {
      cleaned = System.nanoTime();
      int forgotten = table.forgetTaken(connection);
      LOG.debug("Forgot {} events that were taken long ago", forgotten);
    }
  }

  private static ProducerRecord<String, byte[]> record(Row row) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(row.topic(), row.key(), row.value());
    String trace = row.traceparent();
    if (trace != null) {
      record.headers().add("traceparent", trace.getBytes(StandardCharsets.US_ASCII));
    }
    return record;
  }
}
