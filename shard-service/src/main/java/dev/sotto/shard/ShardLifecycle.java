package dev.sotto.shard;

import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.shard.broker.Announcements;
import dev.sotto.shard.broker.NodeTopics;
import dev.sotto.shard.work.Place;
import dev.sotto.shard.work.ServedShard;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Starts a node and stops it in order: it is announced once it reads its topic, and when it is told
 * to stop, jobs that run still get their steps, for a while, before it leaves.
 */
final class ShardLifecycle implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(ShardLifecycle.class);

  private final Duration drain;
  private final Place place;
  private final ServedShard shard;
  private final Announcements announcements;
  private final KafkaAdmin admin;
  private final MessageListenerContainer steps;
  private final MessageListenerContainer nodes;
  private volatile boolean running;

  ShardLifecycle(
      Duration drain,
      Place place,
      ServedShard shard,
      Announcements announcements,
      KafkaAdmin admin,
      MessageListenerContainer steps,
      MessageListenerContainer nodes) {
    this.drain = drain;
    this.place = place;
    this.shard = shard;
    this.announcements = announcements;
    this.admin = admin;
    this.steps = steps;
    this.nodes = nodes;
  }

  @Override
  public void start() {
    NodeTopics.make(admin, place.identity().hex());
    nodes.start();
    steps.start();
    announcements.start();
    running = true;
    LOG.info(
        "{} of stage {} of lane {} listens on port {}",
        place.role(),
        place.stage(),
        place.manifest().laneId(),
        shard.address().getPort());
  }

  @Override
  public void stop() {
    running = false;
    LOG.info("stopping; {} jobs run", shard.jobs().running());
    announcements.say(State.DRAINING);
    try {
      if (!shard.jobs().drain(drain)) {
        LOG.warn("{} jobs are not over after {}; they are ended", shard.jobs().running(), drain);
      }
      shard.jobs().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("the jobs' state could not be closed: {}", e.getClass().getSimpleName());
    }
    steps.stop();
    announcements.say(State.STOPPED);
    announcements.close();
    nodes.stop();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
