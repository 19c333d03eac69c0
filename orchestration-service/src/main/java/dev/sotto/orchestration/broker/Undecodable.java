package dev.sotto.orchestration.broker;

import dev.sotto.contracts.event.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records of sealed topics that are no messages: they go to the topic's dead letters. */
final class Undecodable {
  private static final Logger LOG = LoggerFactory.getLogger(Undecodable.class);
  private static final String CONSUMER = "orchestration-steps";

  private final Producer<byte[], byte[]> producer;
  private final MeterRegistry meters;

  Undecodable(Producer<byte[], byte[]> producer, MeterRegistry meters) {
    this.producer = producer;
    this.meters = meters;
  }

  /**
   * Buries a record.
   *
   * @param reason which field breaks which rule, without what it holds
   */
  void bury(ConsumerRecord<byte[], byte[]> record, String reason) {
    String origin = record.topic() + "/" + record.partition() + "/" + record.offset();
    ProducerRecord<byte[], byte[]> dead =
        new ProducerRecord<>(
            record.topic() + Topic.DEAD_LETTERS, null, record.key(), record.value());
    header(dead, "sotto-dead-reason", reason);
    header(dead, "sotto-dead-consumer", CONSUMER);
    header(dead, "sotto-dead-origin", origin);
    var _ =
        producer.send(
            dead,
            (at, error) -> {
              if (error != null) {
                LOG.error(
                    "{} is unreadable, and could not be put aside: {}", origin, error.toString());
              }
            });
    meters.counter("sotto.events.dead", "topic", record.topic()).increment();
    LOG.error("{} is unreadable: {}", origin, reason);
  }

  private static void header(ProducerRecord<byte[], byte[]> dead, String name, String value) {
    dead.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
