package dev.sotto.orchestration.dispatch;

import dev.sotto.contracts.event.Topic;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.JobState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/** What is counted. No label names a tenant, a job or a model. */
public final class Figures {
  private final Map<JobState, AtomicInteger> live = new EnumMap<>(JobState.class);
  private final Map<JobState, Counter> ended = new EnumMap<>(JobState.class);
  private final AtomicInteger queued = new AtomicInteger();
  private final Timer placement;
  private final Counter stepsMoved;
  private final Counter sent;
  private final Counter dropped;
  private final Counter failedRounds;
  private final Map<Topic, Counter> unsigned = new EnumMap<>(Topic.class);

  /**
   * Registers all of it.
   *
   * @param lanesAlive how many lanes take jobs now
   */
  public Figures(MeterRegistry registry, IntSupplier lanesAlive) {
    for (JobState state : JobState.values()) {
      if (state.live()) {
        AtomicInteger count = new AtomicInteger();
        live.put(state, count);
        Gauge.builder("sotto.jobs.live", count, AtomicInteger::get)
            .tag("state", state.name())
            .description("Jobs that are not over, by state")
            .register(registry);
      } else {
        ended.put(
            state,
            Counter.builder("sotto.jobs.ended")
                .tag("state", state.name())
                .description("Jobs that are over, by how they ended")
                .register(registry));
      }
    }
    Gauge.builder("sotto.queue.length", queued, AtomicInteger::get)
        .description("Jobs that wait for a lane")
        .register(registry);
    Gauge.builder("sotto.lanes.alive", lanesAlive, IntSupplier::getAsInt)
        .description("Lanes that take jobs")
        .register(registry);
    placement =
        Timer.builder("sotto.placement")
            .description("How long a paid job waits for its lanes")
            .register(registry);
    stepsMoved = counter(registry, "sotto.steps.moved", "Steps sent on, and answers to them");
    sent = counter(registry, "sotto.steps.forwarded", "Parts of steps sent to nodes");
    dropped = counter(registry, "sotto.records.dropped", "Steps and results that were not due");
    for (Topic topic : List.of(Topic.NODES, Topic.PARTIAL_RESULTS)) {
      unsigned.put(
          topic,
          Counter.builder("sotto.records.unsigned")
              .tag("topic", topic.topicName())
              .description("Records that are not signed by the node that they name")
              .register(registry));
    }
    failedRounds = counter(registry, "sotto.dispatch.failures", "Tasks that had to be tried again");
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  void live(Collection<Job> jobs, int waiting) {
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    jobs.forEach(job -> counts.merge(job.state(), 1, Integer::sum));
    live.forEach((state, count) -> count.set(counts.getOrDefault(state, 0)));
    queued.set(waiting);
  }

  void ended(JobState state) {
    Counter counter = ended.get(state);
    if (counter != null) {
      counter.increment();
    }
  }

  void placed(Duration waited) {
    placement.record(waited);
  }

  void stepMoved() {
    stepsMoved.increment();
  }

  /** A node's part of a step was handed to the broker. */
  public void forwarded() {
    sent.increment();
  }

  void recordDropped() {
    dropped.increment();
  }

  /** A record is not signed by the node that it names. */
  public void unsigned(Topic topic) {
    Counter counter = unsigned.get(topic);
    if (counter != null) {
      counter.increment();
    }
  }

  void roundFailed() {
    failedRounds.increment();
  }
}
