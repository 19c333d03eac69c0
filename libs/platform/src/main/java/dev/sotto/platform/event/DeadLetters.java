package dev.sotto.platform.event;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.event.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where records go that cannot be taken: their topic's dead letters, with the reason in a header.
 */
final class DeadLetters {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  private final Producer<String, byte[]> producer;
  private final MeterRegistry meters;

  DeadLetters(Producer<String, byte[]> producer, MeterRegistry meters) {
    this.producer = producer;
    this.meters = meters;
  }

  /** Returns when the broker has it; until then the record must not count as read. */
  void bury(String consumer, ConsumerRecord<String, byte[]> record, Throwable cause) {
    ProducerRecord<String, byte[]> dead =
        new ProducerRecord<>(
            record.topic() + Topic.DEAD_LETTERS, null, record.key(), record.value());
    record.headers().forEach(dead.headers()::add);
    header(dead, "sotto-dead-reason", reason(cause));
    header(dead, "sotto-dead-consumer", consumer);
    header(
        dead,
        "sotto-dead-origin",
        record.topic() + "/" + record.partition() + "/" + record.offset());
    try {
      producer.send(dead).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerFailure("Interrupted while a dead letter was written", e);
    } catch (ExecutionException e) {
      throw new BrokerFailure("A dead letter cannot be written", e);
    }
    meters.counter("sotto.events.dead", "topic", record.topic()).increment();
    LOG.error(
        "{} cannot take {}/{}/{}: {}",
        consumer,
        record.topic(),
        record.partition(),
        record.offset(),
        reason(cause));
  }

  /**
   * Our own words where there are some, otherwise the kind only: others may quote what they got.
   */
  private static String reason(Throwable cause) {
    return cause instanceof BadMessage || cause instanceof UnusableEvent
        ? cause.getClass().getSimpleName() + ": " + cause.getMessage()
        : cause.getClass().getName();
  }

  private static void header(ProducerRecord<String, byte[]> dead, String name, String value) {
    dead.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
