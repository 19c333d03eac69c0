package dev.sotto.embedded.canary;

import dev.sotto.scan.MemoryScan;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** All that a broker holds, as its consumers get it: segments may be compressed. */
final class Broker {
  private final MemoryScan scan;
  private final Set<String> found = new TreeSet<>();
  private long records;

  private Broker(MemoryScan scan) {
    this.scan = scan;
  }

  /**
   * What was found.
   *
   * @param records how many were looked through
   * @param found names of needles
   */
  record Finding(long records, Set<String> found) {}

  /** Looks through every record of every topic, from the first to the last that is there now. */
  static Finding find(String servers, MemoryScan scan) {
    Broker broker = new Broker(scan);
    Map<String, Object> settings = Map.of("bootstrap.servers", servers);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> all =
          consumer.listTopics().values().stream()
              .flatMap(List::stream)
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(all));
      consumer.assign(all);
      consumer.seekToBeginning(all);
      while (!ends.isEmpty()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          broker.look(record);
        }
        ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      }
    }
    return new Finding(broker.records, broker.found);
  }

  private void look(ConsumerRecord<byte[], byte[]> record) {
    records++;
    look(record.key());
    look(record.value());
    for (Header header : record.headers()) {
      look(header.value());
    }
  }

  private void look(byte @Nullable [] bytes) {
    if (bytes != null) {
      found.addAll(scan.find(bytes));
    }
  }
}
