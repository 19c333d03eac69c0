package dev.sotto.orchestration.broker;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.Topic;
import dev.sotto.orchestration.step.StepDesk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes steps to nodes and sees what they answer: one thread, no database. What it has read counts
 * as read only once the dispatcher has written down how far that has brought the jobs; after a
 * crash the rest is read again, results first, so that the steps that come again are judged by all
 * that is known.
 */
final class StepLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StepLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration SOON = Duration.ofMillis(500);
  private static final long NOTE_NANOS = Duration.ofMillis(300).toNanos();

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final StepDesk desk;
  private final Undecodable undecodable;
  private final Supplier<CompletableFuture<Boolean>> writeDown;
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final Thread thread;
  private final HeldBack held = new HeldBack();
  private Map<TopicPartition, Long> ends = Map.of();
  private @Nullable CompletableFuture<Boolean> writing;
  private Map<TopicPartition, OffsetAndMetadata> written = Map.of();
  private long noteAt = System.nanoTime() + NOTE_NANOS;
  private volatile boolean stopped;
  private volatile boolean healthy;

  /**
   * Not running yet.
   *
   * @param consumers makes a consumer, again after a failure
   * @param writeDown has progress written down; whether it was
   */
  StepLoop(
      Supplier<Consumer<byte[], byte[]>> consumers,
      StepDesk desk,
      Undecodable undecodable,
      Supplier<CompletableFuture<Boolean>> writeDown) {
    this.consumers = consumers;
    this.desk = desk;
    this.undecodable = undecodable;
    this.writeDown = writeDown;
    this.thread = Thread.ofPlatform().name("sotto-steps").unstarted(this::run);
  }

  /** Runs; returns when all results that were there have been read, or after {@code most}. */
  boolean start(Duration most) throws InterruptedException {
    thread.start();
    return caughtUp.await(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean healthy() {
    return healthy;
  }

  private void run() {
    while (!stopped) {
      try (Consumer<byte[], byte[]> consumer = consumers.get()) {
        open(consumer);
        healthy = true;
        while (!stopped) {
          take(consumer.poll(POLL));
          note(consumer);
        }
        last(consumer);
      } catch (WakeupException | InterruptException e) {
        // how it is stopped
      } catch (RuntimeException e) {
        LOG.error("steps cannot be read, which is tried again", e);
        LockSupport.parkNanos(SOON.toNanos());
      } finally {
        healthy = false;
        writing = null;
      }
    }
  }

  private void open(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> results = partitions(consumer, Topic.PARTIAL_RESULTS);
    List<TopicPartition> steps = partitions(consumer, Topic.STEPS);
    List<TopicPartition> all = new ArrayList<>(results);
    all.addAll(steps);
    consumer.assign(all);
    held.clear();
    ends = new HashMap<>(consumer.endOffsets(all));
    consumer.pause(steps);
    while (!stopped && results.stream().anyMatch(at -> consumer.position(at) < end(at))) {
      take(consumer.poll(POLL));
    }
    consumer.resume(steps);
    caughtUp.countDown();
  }

  /** A broker that has just made a topic may answer that there is none: then, a while later. */
  private static List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer, Topic topic) {
    List<PartitionInfo> known = consumer.partitionsFor(topic.topicName());
    if (known.size() < topic.partitions()) {
      throw new IllegalStateException(
          topic.topicName() + " has " + known.size() + " partitions, not " + topic.partitions());
    }
    return known.stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList();
  }

  private long end(TopicPartition at) {
    return ends.getOrDefault(at, 0L);
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    String results = Topic.PARTIAL_RESULTS.topicName();
    records.records(results).forEach(record -> tryTo(record, this::result));
    records.records(Topic.STEPS.topicName()).forEach(record -> tryTo(record, this::step));
  }

  private void tryTo(
      ConsumerRecord<byte[], byte[]> record,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> take) {
    if (record.value() == null) {
      return;
    }
    try {
      take.accept(record);
    } catch (BadMessage bad) {
      undecodable.bury(record, String.valueOf(bad.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("a record could not be taken", e);
      undecodable.bury(record, e.getClass().getName());
    }
  }

  private void result(ConsumerRecord<byte[], byte[]> record) {
    desk.result(PartialResult.decode(record.value()));
  }

  private void step(ConsumerRecord<byte[], byte[]> record) {
    SealedStep step = SealedStep.decode(record.value());
    TopicPartition at = new TopicPartition(record.topic(), record.partition());
    Header trace = record.headers().lastHeader(NodePostOffice.TRACE);
    desk.step(step, record.offset() < end(at), trace == null ? null : trace.value());
    held.look(desk.track(step.jobId()), at, record.offset());
  }

  /** Now and then: has progress written down, and lets the broker know what has been read. */
  private void note(Consumer<byte[], byte[]> consumer) {
    CompletableFuture<Boolean> running = writing;
    if (running != null && running.isDone()) {
      writing = null;
      if (done(running)) {
        consumer.commitAsync(written, (offsets, error) -> {});
      } else {
        written = Map.of(); // once more
      }
    }
    long now = System.nanoTime();
    if (writing == null && now - noteAt >= 0) {
      noteAt = now + NOTE_NANOS;
      Map<TopicPartition, OffsetAndMetadata> read = read(consumer);
      if (!read.equals(written)) {
        written = read;
        writing = writeDown.get();
      }
    }
  }

  private static boolean done(CompletableFuture<Boolean> writing) {
    return !writing.isCompletedExceptionally() && writing.getNow(false);
  }

  private Map<TopicPartition, OffsetAndMetadata> read(Consumer<byte[], byte[]> consumer) {
    Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
    for (TopicPartition at : consumer.assignment()) {
      read.put(at, new OffsetAndMetadata(held.least(at, consumer.position(at))));
    }
    return read;
  }

  private void last(Consumer<byte[], byte[]> consumer) {
    try {
      Map<TopicPartition, OffsetAndMetadata> read = read(consumer);
      if (writeDown.get().get(5, TimeUnit.SECONDS)) {
        consumer.commitSync(read, Duration.ofSeconds(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.warn("some steps will be read again: {}", e.toString());
    }
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join(Duration.ofSeconds(15));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
