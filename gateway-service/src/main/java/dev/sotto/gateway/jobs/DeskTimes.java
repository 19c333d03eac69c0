package dev.sotto.gateway.jobs;

import dev.sotto.contracts.event.Topic;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/**
 * How long callers wait, and what is dropped. Nobody's name is on it.
 *
 * @param placement from a request to its lanes
 * @param step from a step to its results
 * @param forged results that are not signed by the node that they name
 */
record DeskTimes(Timer placement, Timer step, Counter forged) {
  static DeskTimes in(MeterRegistry meters) {
    return new DeskTimes(
        timer(meters, "sotto.gateway.placement", "From a job's request to its lanes"),
        timer(meters, "sotto.gateway.step", "From a step to the results of all its nodes"),
        Counter.builder("sotto.records.unsigned")
            .tag("topic", Topic.PARTIAL_RESULTS.topicName())
            .description("Records that are not signed by the node that they name")
            .register(meters));
  }

  private static Timer timer(MeterRegistry meters, String name, String what) {
    return Timer.builder(name).description(what).publishPercentileHistogram().register(meters);
  }

  void unsigned() {
    forged.increment();
  }

  void placed(long sinceNanos) {
    placement.record(Duration.ofNanos(System.nanoTime() - sinceNanos));
  }

  void stepped(long sinceNanos) {
    step.record(Duration.ofNanos(System.nanoTime() - sinceNanos));
  }
}
