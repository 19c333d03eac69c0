package dev.sotto.shard.testing;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Message;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What the platform would see of nodes at the broker: their announcements and partial results. */
public final class Broker implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Map<String, Object> settings;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread reader;
  private final List<PartialResult> results = new ArrayList<>(); // guarded by this
  private final List<NodeAnnounced> announced = new ArrayList<>(); // guarded by this
  private final List<DigestShared> digests = new ArrayList<>(); // guarded by this
  private volatile boolean closed;

  /** Follows these topics from their beginnings. */
  public Broker(String bootstrap) throws Exception {
    settings = Map.of("bootstrap.servers", bootstrap);
    try (Admin admin = Admin.create(settings)) {
      for (Topic topic : List.of(Topic.NODES, Topic.PARTIAL_RESULTS, Topic.DIGESTS)) {
        try {
          admin
              .createTopics(List.of(new NewTopic(topic.topicName(), topic.partitions(), (short) 1)))
              .all()
              .get();
        } catch (java.util.concurrent.ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw e;
          }
        }
      }
    }
    Map<String, Object> writing = new HashMap<>(settings);
    writing.put("max.request.size", Topic.MAX_RECORD_BYTES);
    writing.put("linger.ms", 0);
    producer = new KafkaProducer<>(writing, new StringSerializer(), new ByteArraySerializer());
    consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> all = new ArrayList<>();
    for (Topic topic : List.of(Topic.NODES, Topic.PARTIAL_RESULTS, Topic.DIGESTS)) {
      for (int p = 0; p < topic.partitions(); p++) {
        all.add(new TopicPartition(topic.topicName(), p));
      }
    }
    consumer.assign(all);
    consumer.seekToBeginning(all);
    reader = Thread.ofPlatform().daemon().name("test-broker").start(this::read);
  }

  private void read() {
    try (consumer) {
      while (!closed) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          take(record);
        }
      }
    } catch (WakeupException e) {
      // closed
    }
  }

  private synchronized void take(ConsumerRecord<String, byte[]> record) {
    if (record.topic().equals(Topic.NODES.topicName())) {
      if (EventCodec.decode(record.value()).event() instanceof NodeAnnounced node) {
        announced.add(node);
      }
    } else if (record.topic().equals(Topic.DIGESTS.topicName())) {
      if (EventCodec.decode(record.value()).event() instanceof DigestShared share) {
        digests.add(share);
      }
    } else {
      results.add(PartialResult.decode(record.value()));
    }
    notifyAll();
  }

  /** Writes to a node's own topic. */
  public void send(String identity, Message message) {
    sendRaw(identity, message.jobId().toString(), message.encode());
  }

  /** Writes anything there. */
  public void sendRaw(String identity, String key, byte[] value) {
    try {
      var _ = producer.send(new ProducerRecord<>(Topic.ofNode(identity), key, value)).get();
    } catch (Exception e) {
      throw new AssertionError("the broker did not take a record", e);
    }
  }

  /** Reads so many dead letters of a node's topic, the oldest first. */
  public List<byte[]> deadLetters(String identity, int count) {
    TopicPartition dead = new TopicPartition(Topic.ofNode(identity) + Topic.DEAD_LETTERS, 0);
    List<byte[]> found = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> own =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      own.assign(List.of(dead));
      own.seekToBeginning(List.of(dead));
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (found.size() < count && System.nanoTime() < end) {
        own.poll(Duration.ofMillis(200)).forEach(record -> found.add(record.value()));
      }
    }
    return found;
  }

  /** The partial results of a job so far, in the order in which they came. */
  public synchronized List<PartialResult> results(JobId job) {
    return results.stream().filter(result -> result.jobId().equals(job)).toList();
  }

  /** Waits for so many partial results that are wanted; all of them. */
  public List<PartialResult> await(int count, Predicate<PartialResult> wanted) {
    return await(count, wanted, results);
  }

  /** Waits for so many shares of digests of a job; all of them. */
  public List<DigestShared> awaitDigests(JobId job, int count) {
    return await(count, share -> share.jobId().equals(job.toString()), digests);
  }

  /** Waits for an announcement. */
  public NodeAnnounced awaitNode(Predicate<NodeAnnounced> wanted) {
    return await(1, wanted, announced).getLast();
  }

  private synchronized <T> List<T> await(int count, Predicate<T> wanted, List<T> all) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<T> found = all.stream().filter(wanted).toList();
    while (found.size() < count) {
      long millis = (end - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        throw new AssertionError(
            "only %d of %d came; in all %d".formatted(found.size(), count, all.size()));
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting", e);
      }
      found = all.stream().filter(wanted).toList();
    }
    return found;
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    producer.close();
    boolean _ = join();
  }

  private boolean join() {
    try {
      return reader.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
