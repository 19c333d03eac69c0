package dev.sotto.shard.broker;

import dev.sotto.contracts.event.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.kafka.core.KafkaAdmin;

/** The topics that a node writes, and its own, with their settings. */
public final class NodeTopics {
  private NodeTopics() {}

  /** Makes those that are not there; fails when the broker cannot be reached. */
  public static void make(KafkaAdmin admin, String identity) {
    String own = Topic.ofNode(identity);
    admin.createOrModifyTopics(
        of(Topic.NODES),
        of(Topic.PARTIAL_RESULTS),
        of(Topic.DIGESTS),
        topic(own, 1, sealed(Topic.PARTIAL_RESULTS.retention())),
        topic(own + Topic.DEAD_LETTERS, 1, sealed(Duration.ofDays(7))));
  }

  private static NewTopic of(Topic topic) {
    Map<String, String> settings =
        topic.form() == Topic.Form.LATEST
            ? Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(Topic.MAX_RECORD_BYTES))
            : sealed(topic.retention());
    return topic(topic.topicName(), topic.partitions(), settings);
  }

  private static Map<String, String> sealed(Duration retention) {
    return Map.of(
        TopicConfig.RETENTION_MS_CONFIG,
        String.valueOf(retention.toMillis()),
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
        String.valueOf(Topic.MAX_RECORD_BYTES));
  }

  private static NewTopic topic(String name, int partitions, Map<String, String> settings) {
    return new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings);
  }
}
