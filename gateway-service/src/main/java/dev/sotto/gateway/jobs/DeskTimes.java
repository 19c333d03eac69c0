package dev.sotto.gateway.jobs;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/**
 * How long callers wait. Nobody's name is on it.
 *
 * @param placement from a request to its lanes
 * @param step from a step to its results
 */
record DeskTimes(Timer placement, Timer step) {
  static DeskTimes in(MeterRegistry meters) {
    return new DeskTimes(
        timer(meters, "sotto.gateway.placement", "From a job's request to its lanes"),
        timer(meters, "sotto.gateway.step", "From a step to the results of all its nodes"));
  }

  private static Timer timer(MeterRegistry meters, String name, String what) {
    return Timer.builder(name).description(what).publishPercentileHistogram().register(meters);
  }

  void placed(long sinceNanos) {
    placement.record(Duration.ofNanos(System.nanoTime() - sinceNanos));
  }

  void stepped(long sinceNanos) {
    step.record(Duration.ofNanos(System.nanoTime() - sinceNanos));
  }
}
