package dev.sotto.shard.broker;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.Topic;
import dev.sotto.contracts.node.NodeSigner;
import dev.sotto.node.JobOutlet;
import dev.sotto.shard.work.Place;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Publishes what jobs say, and counts and logs that they did: codes, numbers and times, never a job
 * in a metric, never content anywhere.
 */
public final class Results implements JobOutlet {
  private static final Logger LOG = LoggerFactory.getLogger(Results.class);

  private final KafkaTemplate<String, byte[]> broker;
  private final MeterRegistry meters;
  private final Timer steps;
  private final String identity;
  private final String manifestDigest;
  private final NodeSigner signer;

  /**
   * An outlet.
   *
   * @param place who speaks: all that is published bears its signature
   */
  public Results(KafkaTemplate<String, byte[]> broker, Place place, MeterRegistry meters) {
    this.identity = place.identity().hex();
    this.manifestDigest = place.signed().digest();
    this.signer = place.keys().identity()::sign;
    this.broker = broker;
    this.meters = meters;
    this.steps =
        Timer.builder("sotto.node.step")
            .description("from a step's arrival to its result")
            .register(meters);
  }

  @Override
  public void publish(PartialResult result) {
    String job = result.jobId().toString();
    byte[] value = result.signed(identity, manifestDigest, signer).encode();
    try {
      var _ =
          broker
              .send(Topic.PARTIAL_RESULTS.topicName(), job, value)
              .whenComplete(
                  (sent, e) -> {
                    if (e != null) {
                      undelivered(job, result.serial(), e);
                    }
                  });
    } catch (RuntimeException e) {
      undelivered(job, result.serial(), e);
    }
  }

  @Override
  public void digested(DigestShared share) {
    EventRecord told =
        new EventRecord(
            UUID.randomUUID(), System.currentTimeMillis(), share.signed(identity, signer));
    try {
      var _ =
          broker
              .send(Topic.DIGESTS.topicName(), share.key(), EventCodec.encode(told))
              .whenComplete(
                  (sent, e) -> {
                    if (e != null) {
                      undelivered(share.jobId(), share.serial(), e);
                    }
                  });
    } catch (RuntimeException e) {
      undelivered(share.jobId(), share.serial(), e);
    }
  }

  /** Whoever waits for it asks again, or gives the job up at its deadline. */
  private void undelivered(String job, long serial, Throwable e) {
    count("sotto.node.undelivered");
    LOG.warn(
        "job {} step {}: the broker did not take the result: {}",
        job,
        serial,
        e.getClass().getSimpleName());
  }

  @Override
  public void started(JobId job) {
    count("sotto.node.started");
    LOG.info("job {} begins", job);
  }

  @Override
  public void stepped(JobId job, long serial, Duration took) {
    steps.record(took);
    LOG.debug("job {} step {} took {} ms", job, serial, took.toMillis());
  }

  @Override
  public void repeated(JobId job, long serial) {
    count("sotto.node.repeated");
    LOG.info("job {} step {} came again and is answered again", job, serial);
  }

  @Override
  public void ignored(JobId job, long serial, Ignored why) {
    count("sotto.node.ignored", "why", label(why));
    LOG.warn("job {} step {} is ignored: {}", job, serial, label(why));
  }

  @Override
  public void failed(JobId job, Failure.Code code) {
    count("sotto.node.failures", "code", label(code));
    LOG.warn("job {} fails here: {}", job, label(code));
  }

  @Override
  public void ended(JobId job, long asked) {
    LOG.info("job {} is over after {} steps", job, asked);
  }

  /** A record of the node's topic could not be read. */
  public void dead() {
    count("sotto.node.dead-letters");
  }

  /** An announcement is not signed by who is said to have made it. */
  public void forged() {
    count("sotto.records.unsigned", "topic", Topic.NODES.topicName());
    LOG.warn("an announcement of a peer is not signed by it and is ignored");
  }

  private void count(String name, String... tags) {
    meters.counter(name, tags).increment();
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
