package dev.sotto.embedded.control;

import dev.sotto.contracts.event.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/** Counts the records that nobody could read. */
public final class DeadLetters implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 3000;

  private final Admin admin;

  /** With a client's properties; connects when it must. */
  public DeadLetters(Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("client.id", "sotto-supervisor");
    all.put("request.timeout.ms", PATIENCE_MILLIS);
    all.put("default.api.timeout.ms", PATIENCE_MILLIS);
    this.admin = Admin.create(all);
  }

  /** By topic, those that have any; empty too while the broker does not answer. */
  public Map<String, Long> count() {
    try {
      List<String> topics =
          soon(admin.listTopics().names()).stream()
              .filter(name -> name.endsWith(Topic.DEAD_LETTERS))
              .toList();
      List<TopicPartition> partitions =
          soon(admin.describeTopics(topics).allTopicNames()).values().stream()
              .flatMap(DeadLetters::partitions)
              .toList();
      Map<TopicPartition, ListOffsetsResultInfo> first = offsets(partitions, OffsetSpec.earliest());
      Map<TopicPartition, ListOffsetsResultInfo> last = offsets(partitions, OffsetSpec.latest());
      Map<String, Long> counts = new TreeMap<>();
      last.forEach(
          (partition, end) -> {
            ListOffsetsResultInfo begin = first.get(partition);
            long there = begin == null ? 0 : end.offset() - begin.offset();
            if (there > 0) {
              counts.merge(partition.topic(), there, Long::sum);
            }
          });
      return counts;
    } catch (ExecutionException | TimeoutException e) {
      return Map.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  private static java.util.stream.Stream<TopicPartition> partitions(TopicDescription topic) {
    return topic.partitions().stream()
        .map(partition -> new TopicPartition(topic.name(), partition.partition()));
  }

  private Map<TopicPartition, ListOffsetsResultInfo> offsets(
      List<TopicPartition> partitions, OffsetSpec which)
      throws ExecutionException, InterruptedException, TimeoutException {
    return soon(
        admin.listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> which))).all());
  }

  private static <T> T soon(org.apache.kafka.common.KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(2L * PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ofMillis(PATIENCE_MILLIS));
  }
}
