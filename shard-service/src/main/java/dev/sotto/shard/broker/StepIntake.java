package dev.sotto.shard.broker;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Message;
import dev.sotto.contracts.NodeClose;
import dev.sotto.contracts.NodeStep;
import dev.sotto.contracts.event.Topic;
import dev.sotto.node.job.SealedJobs;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.MessageListener;

/**
 * Takes in the node's own topic, record by record. What cannot be read goes to the topic's dead
 * letters; nothing stops the ones behind it.
 */
public final class StepIntake implements MessageListener<String, byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(StepIntake.class);

  private final SealedJobs jobs;
  private final KafkaTemplate<String, byte[]> broker;
  private final Runnable dead;

  /**
   * An intake.
   *
   * @param dead hears of each dead letter
   */
  public StepIntake(SealedJobs jobs, KafkaTemplate<String, byte[]> broker, Runnable dead) {
    this.jobs = jobs;
    this.broker = broker;
    this.dead = dead;
  }

  @Override
  public void onMessage(ConsumerRecord<String, byte[]> record) {
    try {
      switch (message(record)) {
        case NodeStep step -> jobs.step(step);
        case NodeClose close -> jobs.close(close);
        default -> throw new BadMessage("Message.type", "is none that a node takes");
      }
    } catch (BadMessage e) {
      LOG.warn("record {} of this node's topic cannot be read: {}", record.offset(), e.field());
      bury(record);
    } catch (RuntimeException e) {
      // Our own fault: its place, and not its message, which could carry a value.
      LOG.error(
          "record {} of this node's topic met a defect: {} at {}",
          record.offset(),
          e.getClass().getName(),
          e.getStackTrace().length == 0 ? "?" : e.getStackTrace()[0]);
      bury(record);
    }
  }

  private static Message message(ConsumerRecord<String, byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      throw new BadMessage("Message", "is missing");
    }
    return Message.decode(value);
  }

  private void bury(ConsumerRecord<String, byte[]> record) {
    dead.run();
    if (record.value() != null) {
      var _ = broker.send(record.topic() + Topic.DEAD_LETTERS, record.key(), record.value());
    }
  }
}
