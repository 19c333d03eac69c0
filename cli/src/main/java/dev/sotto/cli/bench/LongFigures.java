package dev.sotto.cli.bench;

import dev.sotto.client.lane.LaneUsage;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.node.Node;
import dev.sotto.node.NodeSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The real thing at greater lengths, over three processes as in {@link LaneFigures}. A prompt of
 * 1,024 takes long, so that the runs of {@code decode.1024} are successive stocks of steps of one
 * job; another job of that prompt alone comes before it, warms the processes up, and tells what of
 * the written bytes is the prompt's. A model whose context is shorter has none of these figures.
 */
final class LongFigures implements Measurement {
  private static final int CACHED = 1024;
  private static final int PROMPT = 512;
  private static final int STEPS = NodeSettings.DEFAULT.stepsAhead(); // of a run: one stock
  private static final double TIMES_D = 5;
  private static final double TIMES_P = 12;
  private static final double MOST_BYTES = 30e6;

  private static final String DECODE = "decode.1024";
  private static final String BYTES = "decode.1024.bytes.total";
  private static final String PREFILL = "prefill.512";

  @Override
  public List<Entry> entries() {
    return List.of(
        new Entry(
            DECODE,
            "a token with 1,024 and more cached, mean over "
                + STEPS
                + " steps, median over so many stocks of one job; three processes; limit: 5 ×"
                + " limit.D"),
        new Entry(BYTES, "bytes a token there, as decode.bytes.total; at most 30 MB"),
        new Entry(PREFILL, "a prompt of 512, from opening the job; limit: 12 × limit.P"));
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    ShardHeader evaluator = setting.subject().shards().headers().getLast();
    int context = Node.plan(evaluator.config()).context();
    boolean prefill = setting.wanted().test(PREFILL) && PROMPT <= context;
    boolean decode =
        (setting.wanted().test(DECODE) || setting.wanted().test(BYTES))
            && CACHED + STEPS <= context;
    if (!prefill && !decode) {
      return;
    }
    setting.progress().accept("measuring the machine's limits");
    setting.limits().measure();
    try (BenchLane lane = BenchLane.start(setting)) {
      SplittableRandom random = new SplittableRandom(setting.seed());
      if (prefill) {
        double most = TIMES_P * setting.limits().products(evaluator);
        figures.accept(Figure.of(PREFILL, prompts(lane, random, setting), "s").atMost(most));
      }
      if (decode) {
        double most = TIMES_D * setting.limits().streaming(evaluator);
        int runs = Math.min(setting.modelRuns(), (context - CACHED) / STEPS);
        steps(lane, random, setting, runs, most, figures);
      }
    }
  }

  private static Runs prompts(BenchLane lane, SplittableRandom random, Setting setting) {
    double[] seconds = new double[setting.modelRuns()];
    for (int run = -1; run < seconds.length; run++) {
      setting
          .progress()
          .accept(
              run < 0
                  ? "warming up three processes"
                  : "a prompt of %d, run %d of %d".formatted(PROMPT, run + 1, seconds.length));
      double prefill = LaneRun.of(lane, random, PROMPT, 0).prefill();
      if (run >= 0) {
        seconds[run] = prefill;
      }
    }
    return Runs.of(seconds);
  }

  private static void steps(
      BenchLane lane,
      SplittableRandom random,
      Setting setting,
      int runs,
      double most,
      Consumer<Figure> figures) {
    setting.progress().accept("a prompt of %d alone".formatted(CACHED));
    LaneRun alone = LaneRun.of(lane, random, CACHED, 0);
    setting.progress().accept("a prompt of %d, and %d steps".formatted(CACHED, runs * STEPS));
    LaneRun job = LaneRun.of(lane, random, CACHED, runs * STEPS);
    figures.accept(Figure.of(DECODE, stocks(job.steps(), runs), "s").atMost(most));
    double written = job.writtenEach(alone);
    LaneUsage used = job.decode();
    double bytes = Double.isNaN(written) ? (double) used.bytes() / job.steps().length : written;
    figures.accept(Figure.of(BYTES, bytes, "B").atMost(MOST_BYTES));
  }

  /** The mean of each of {@code runs} equal parts. */
  static Runs stocks(double[] steps, int runs) {
    int each = steps.length / runs;
    double[] means = new double[runs];
    for (int run = 0; run < runs; run++) {
      means[run] =
          Arrays.stream(steps, run * each, (run + 1) * each)
              .average()
              .orElseThrow(() -> new IllegalArgumentException("fewer steps than runs"));
    }
    return Runs.of(means);
  }
}
