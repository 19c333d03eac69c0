package dev.sotto.platform.event;

import dev.sotto.contracts.event.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes topics with their settings, or brings those that are there to them. */
public final class Topics {
  private static final Duration DEAD_LETTERS_STAY = Duration.ofDays(30);

  private final KafkaClients clients;

  Topics(KafkaClients clients) {
    this.clients = clients;
  }

  /** Makes topics, and one for the dead letters of each. */
  public void ensure(Topic... topics) {
    Map<NewTopic, Map<String, String>> wanted = new HashMap<>();
    for (Topic topic : topics) {
      Map<String, String> settings = settings(topic.form(), topic.retention());
      wanted.put(topic(topic.topicName(), topic.partitions()), settings);
      wanted.put(
          topic(topic.topicName() + Topic.DEAD_LETTERS, 1),
          settings(Topic.Form.EVENTS, DEAD_LETTERS_STAY));
    }
    make(wanted);
  }

  /** Makes the topic of one node; see {@link Topic#ofNode}. */
  public void ensureOfNode(String identity) {
    make(
        Map.of(
            topic(Topic.ofNode(identity), 1),
            settings(Topic.Form.SEALED, Topic.STEPS.retention())));
  }

  /** How many dead letters there are, by topic; those that retention has removed included. */
  public Map<String, Long> deadLetters() {
    try (Admin admin = clients.admin()) {
      return deadLetters(admin);
    }
  }

  /** How many dead letters there are, by topic, for whoever has a client of the broker. */
  public static Map<String, Long> deadLetters(Admin admin) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (String name : await(admin.listTopics().names())) {
      if (name.endsWith(Topic.DEAD_LETTERS)) {
        ends.put(new TopicPartition(name, 0), OffsetSpec.latest());
      }
    }
    Map<String, Long> counts = new TreeMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
        await(admin.listOffsets(ends).all()).entrySet()) {
      counts.put(end.getKey().topic(), end.getValue().offset());
    }
    return counts;
  }

  private static NewTopic topic(String name, int partitions) {
    return new NewTopic(name, Optional.of(partitions), Optional.empty());
  }

  private static Map<String, String> settings(Topic.Form form, Duration retention) {
    Map<String, String> settings = new HashMap<>();
    settings.put("max.message.bytes", Integer.toString(Topic.MAX_RECORD_BYTES + 4096));
    if (form == Topic.Form.LATEST) {
      settings.put("cleanup.policy", "compact");
      // Announcements come every few seconds: without this, thousands of old ones would be read.
      settings.put("segment.ms", Long.toString(Duration.ofMinutes(10).toMillis()));
      settings.put("min.cleanable.dirty.ratio", "0.1");
    } else {
      settings.put("cleanup.policy", "delete");
      settings.put("retention.ms", Long.toString(retention.toMillis()));
      settings.put("segment.ms", Long.toString(Math.max(retention.toMillis() / 6, 600_000)));
    }
    return settings;
  }

  private void make(Map<NewTopic, Map<String, String>> wanted) {
    try (Admin admin = clients.admin()) {
      List<NewTopic> topics = new ArrayList<>();
      Map<ConfigResource, Collection<AlterConfigOp>> alterations = new HashMap<>();
      wanted.forEach(
          (topic, settings) -> {
            topics.add(topic.configs(settings));
            alterations.put(
                new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                settings.entrySet().stream()
                    .map(e -> new ConfigEntry(e.getKey(), e.getValue()))
                    .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
                    .toList());
          });
      boolean there = false;
      for (KafkaFuture<Void> made : admin.createTopics(topics).values().values()) {
        there |= existed(made);
      }
      awaitVisible(admin, topics.stream().map(NewTopic::name).toList());
      if (there) {
        await(admin.incrementalAlterConfigs(alterations).all());
      }
    }
  }

  /** A controller knows of a topic before its brokers do. */
  private static void awaitVisible(Admin admin, List<String> names) {
    for (int attempt = 0; ; attempt++) {
      try {
        await(admin.describeTopics(names).allTopicNames());
        return;
      } catch (BrokerFailure e) {
        if (attempt > 300 || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
    }
  }

  private static boolean existed(KafkaFuture<Void> made) {
    try {
      await(made);
      return false;
    } catch (BrokerFailure e) {
      if (e.getCause() instanceof TopicExistsException) {
        return true;
      }
      throw e;
    }
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerFailure("Interrupted while the broker was asked", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new BrokerFailure("The broker refuses: " + cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new BrokerFailure(
          "The broker does not answer; is spring.kafka.bootstrap-servers right, and is it running?",
          e);
    }
  }
}
