package dev.sotto.cli.bench;

import dev.sotto.client.lane.LaneJob;
import dev.sotto.client.lane.LaneUsage;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * One job on a lane, a prompt and then steps: its times and costs. Arrays of processor times are by
 * role: dealer, evaluator-0, evaluator-1.
 *
 * @param prefill seconds from opening the job to the prompt's logits
 * @param steps seconds of each step
 * @param prompt what the prompt cost
 * @param decode what all steps cost
 * @param written bytes that all processes wrote, this one included; NaN where the system does not
 *     count
 * @param promptTime processor time of the prompt
 * @param decodeTime processor time of all steps
 */
record LaneRun(
    double prefill,
    double[] steps,
    LaneUsage prompt,
    LaneUsage decode,
    double written,
    double[] promptTime,
    double[] decodeTime) {

  /** Runs a prompt of {@code prompt} tokens of no meaning, then {@code count} steps. */
  static LaneRun of(BenchLane lane, SplittableRandom random, int prompt, int count) {
    Usages before = Usages.of(lane);
    long start = System.nanoTime();
    try (LaneJob job = lane.open(prompt, count + 1)) {
      job.next(lane.tokens(random, prompt));
      double prefill = (System.nanoTime() - start) / 1e9;
      Usages filled = Usages.of(lane);
      LaneUsage promptUsage = job.usage();
      double[] steps = new double[count];
      for (int i = 0; i < count; i++) {
        long from = System.nanoTime();
        job.next(lane.tokens(random, 1));
        steps[i] = (System.nanoTime() - from) / 1e9;
      }
      Usages all = Usages.of(lane);
      return new LaneRun(
          prefill,
          steps,
          promptUsage,
          job.usage().since(promptUsage),
          all.written - before.written,
          difference(filled.seconds, before.seconds),
          difference(all.seconds, filled.seconds));
    }
  }

  /** Seconds a step, on average. */
  double mean() {
    return Arrays.stream(steps).average().orElse(0);
  }

  /**
   * Bytes written for a step, from a job of the same prompt and fewer steps. The dealer is ahead of
   * a step, but at a job's end all that it wrote has been used: what two jobs differ by is what the
   * steps cost that only one of them ran.
   */
  double writtenEach(LaneRun shorter) {
    return (written - shorter.written) / (steps.length - shorter.steps.length);
  }

  /** What the processes, this one included, have used up to some moment. */
  private record Usages(double written, double[] seconds) {
    static Usages of(BenchLane lane) {
      List<ProcessFacts> nodes = lane.nodes();
      double written = orUnknown(ProcessFacts.own().writtenBytes());
      double[] seconds = new double[nodes.size()];
      for (int role = 0; role < seconds.length; role++) {
        ProcessFacts node = nodes.get(role);
        written += orUnknown(node.writtenBytes());
        seconds[role] = node.processorTime().toNanos() / 1e9;
      }
      return new Usages(written, seconds);
    }

    private static double orUnknown(OptionalLong bytes) {
      return bytes.isPresent() ? bytes.getAsLong() : Double.NaN;
    }
  }

  private static double[] difference(double[] a, double[] b) {
    double[] out = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] = a[i] - b[i];
    }
    return out;
  }
}
