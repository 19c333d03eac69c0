package dev.sotto.platform.event;

import dev.sotto.contracts.event.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Follows topics as every instance must see them: all partitions, no shared offsets, nothing noted.
 * For what is kept in memory: who is there, which results belong to calls that wait here. Readers
 * see records again after a restart (from the beginning) or miss what came before (from now on).
 */
public final class RecordFeeds implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(RecordFeeds.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Where a feed begins. */
  public enum From {
    /** With the oldest record that there is. */
    BEGINNING,
    /** With what comes after {@link #follow} has returned. */
    NOW
  }

  private final KafkaClients clients;
  private final List<Feed> feeds = new ArrayList<>();
  private volatile boolean stopped;

  RecordFeeds(KafkaClients clients) {
    this.clients = clients;
  }

  /**
   * Follows topics that are there. Returns once the feed's position is fixed, and, from the
   * beginning, once what was there has been read.
   *
   * @param reader takes records one by one, on one thread; what it throws is logged and passed over
   */
  public synchronized void follow(
      String name,
      Collection<String> topics,
      From from,
      Consumer<ConsumerRecord<String, byte[]>> reader) {
    Feed feed = new Feed(name, new KafkaConsumer<>(clients.consumer()), reader);
    feed.open(topics, from);
    feeds.add(feed);
    feed.thread.start();
  }

  @Override
  public void start() {
    // feeds start when they are followed
  }

  @Override
  public synchronized void stop() {
    stopped = true;
    feeds.forEach(Feed::close);
  }

  @Override
  public boolean isRunning() {
    return !stopped;
  }

  @Override
  public int getPhase() {
    return 1000;
  }

  /** One consumer and its thread. */
  private final class Feed {
    private final String name;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Consumer<ConsumerRecord<String, byte[]>> reader;
    private final Thread thread;

    Feed(
        String name,
        KafkaConsumer<String, byte[]> consumer,
        Consumer<ConsumerRecord<String, byte[]>> reader) {
      this.name = name;
      this.consumer = consumer;
      this.reader = reader;
      this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void open(Collection<String> topics, From from) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : topics) {
        for (PartitionInfo info : partitions(topic)) {
          partitions.add(new TopicPartition(topic, info.partition()));
        }
      }
      consumer.assign(partitions);
      if (from == From.BEGINNING) {
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
        while (ends.entrySet().stream()
            .anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
          consumer.poll(POLL).forEach(this::read);
        }
      } else {
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // seeking alone is lazy
      }
    }

    /** A broker that has just made a topic may know none of its partitions yet, or not all. */
    private List<PartitionInfo> partitions(String topic) {
      int due =
          Arrays.stream(Topic.values())
              .filter(known -> known.topicName().equals(topic))
              .mapToInt(Topic::partitions)
              .findFirst()
              .orElse(1);
      long start = System.nanoTime();
      List<PartitionInfo> known = consumer.partitionsFor(topic);
      while (known.size() < due) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw new IllegalStateException(
              "The feed %s finds %d of %d partitions of %s"
                  .formatted(name, known.size(), due, topic));
        }
        LockSupport.parkNanos(POLL.toNanos());
        known = consumer.partitionsFor(topic);
      }
      return known;
    }

    private void run() {
      try (consumer) {
        while (!stopped) {
          pollOnce();
        }
      } catch (WakeupException e) {
        // how it is stopped
      }
    }

    private void pollOnce() {
      try {
        consumer.poll(POLL).forEach(this::read);
      } catch (WakeupException e) {
        throw e;
      } catch (KafkaException e) {
        LOG.error("The feed {} fails, and goes on", name, e);
        LockSupport.parkNanos(POLL.toNanos());
      }
    }

    private void read(ConsumerRecord<String, byte[]> record) {
      try {
        reader.accept(record);
      } catch (RuntimeException e) {
        LOG.warn(
            "The feed {} passes over {}/{}/{}: {}",
            name,
            record.topic(),
            record.partition(),
            record.offset(),
            e.getClass().getSimpleName());
      }
    }

    void close() {
      consumer.wakeup();
      try {
        thread.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
