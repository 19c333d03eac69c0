package dev.sotto.shard.broker;

import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.event.Topic;
import dev.sotto.shard.work.Place;
import dev.sotto.shard.work.ServedShard;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/** Says that this node is there: every two seconds, and whenever its state changes. */
public final class Announcements implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final Duration HEARD = Duration.ofSeconds(10);
  private static final Duration LAST_WORD = Duration.ofSeconds(5);

  private final KafkaTemplate<String, byte[]> broker;
  private final Place place;
  private final ServedShard shard;
  private final String host;
  private final int slots;
  private final InstantSource clock;
  private final long startedAt;
  private final ScheduledExecutorService timer;
  private long lastAt; // guarded by this: no two announcements are of one moment
  private State state = State.READY; // guarded by this: an older word never comes last
  private volatile long heardAt = Long.MIN_VALUE;

  /**
   * Silent until {@link #start}.
   *
   * @param host what peers are told
   */
  public Announcements(
      KafkaTemplate<String, byte[]> broker,
      Place place,
      ServedShard shard,
      String host,
      int slots,
      InstantSource clock) {
    this.broker = broker;
    this.place = place;
    this.shard = shard;
    this.host = host;
    this.slots = slots;
    this.clock = clock;
    this.startedAt = clock.millis();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("sotto-announce").daemon().factory());
  }

  /** From now on. */
  public void start() {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              var _ = tell();
            },
            0,
            EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Changes the state, says so, and waits a moment for the broker to have heard it. */
  public void say(State next) {
    try {
      CompletableFuture<?> told = tell(next);
      Object _ = told.get(LAST_WORD.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the broker has not heard that this node is {}", next);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the broker has lately heard this node. */
  public boolean isHeard() {
    long at = heardAt;
    return at != Long.MIN_VALUE && System.nanoTime() - at < HEARD.toNanos();
  }

  private synchronized CompletableFuture<?> tell(State next) {
    state = next;
    return tell();
  }

  private synchronized CompletableFuture<?> tell() {
    try {
      long now = Math.max(clock.millis(), lastAt + 1);
      lastAt = now;
      NodeAnnounced told =
          new NodeAnnounced(
                  place.identity().hex(),
                  place.node().operator(),
                  place.signed(),
                  place.stage(),
                  place.role(),
                  host,
                  shard.address().getPort(),
                  shard.vocab(),
                  shard.context(),
                  slots,
                  state,
                  startedAt,
                  now)
              .signed(place.keys().identity()::sign);
      byte[] value = EventCodec.encode(new EventRecord(UUID.randomUUID(), now, told));
      return broker
          .send(Topic.NODES.topicName(), told.key(), value)
          .thenRun(() -> heardAt = System.nanoTime());
    } catch (RuntimeException e) {
      LOG.warn("this node could not announce itself: {}", e.getClass().getSimpleName());
      return CompletableFuture.failedFuture(e); // the next try comes by itself
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
