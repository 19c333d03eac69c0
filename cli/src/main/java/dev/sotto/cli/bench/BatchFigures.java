package dev.sotto.cli.bench;

import dev.sotto.cli.lane.NodeOptions;
import dev.sotto.client.lane.LaneException;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.node.Node;
import dev.sotto.node.NodeSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Sixteen callers at once, each with a job of its own on one lane of three processes, as their
 * nodes batch them. Prompts are read one after the other first, so that all is decoding; then each
 * caller sends its steps as fast as it is answered.
 */
final class BatchFigures implements Measurement {
  private static final int STREAMS = 16;
  private static final int PROMPT = 128;
  private static final int STEPS = NodeSettings.DEFAULT.stepsAhead(); // of a run: one stock
  private static final int HEAP_MEGABYTES = 4096;
  private static final double TIMES_D = 16;
  private static final String TOKEN = "batch16.token";

  @Override
  public List<Entry> entries() {
    return List.of(
        new Entry(
            TOKEN,
            "a token of each of 16 streams with 128 and more cached, mean over "
                + STEPS
                + " steps, median over runs; three processes; limit: 16 × limit.D"),
        new Entry("batch16.tokens", "tokens a second of all 16 together"),
        new Entry("batch16.memory.dealer", "peak of that process meanwhile"),
        new Entry("batch16.memory.evaluator0", "peak of that process meanwhile"),
        new Entry("batch16.memory.evaluator1", "peak of that process meanwhile"));
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    ShardHeader evaluator = setting.subject().shards().headers().getLast();
    int runs = setting.modelRuns();
    int steps = (runs + 1) * STEPS;
    if (PROMPT + steps > Node.plan(evaluator.config()).context()) {
      return;
    }
    setting.progress().accept("measuring the machine's limits");
    setting.limits().measure();
    double most = TIMES_D * setting.limits().streaming(evaluator);
    NodeOptions options = NodeOptions.DEFAULT.withJobs(STREAMS, HEAP_MEGABYTES);
    try (BenchLane lane = BenchLane.start(setting, options)) {
      double[] seconds = streams(lane, setting, steps, runs);
      Runs token = Runs.of(seconds);
      figures.accept(Figure.of(TOKEN, token, "s").atMost(most));
      figures.accept(Figure.of("batch16.tokens", STREAMS / token.median(), "1/s"));
      List<String> roles = List.of("dealer", "evaluator0", "evaluator1");
      for (int role = 0; role < roles.size(); role++) {
        String name = "batch16.memory." + roles.get(role);
        lane.nodes()
            .get(role)
            .peakBytes()
            .ifPresent(peak -> figures.accept(Figure.count(name, peak, "B")));
      }
    }
  }

  /** Seconds of a token of all streams, for each run; the first, which warms up, is left out. */
  private static double[] streams(BenchLane lane, Setting setting, int steps, int runs)
      throws IOException {
    SplittableRandom random = new SplittableRandom(setting.seed());
    List<LaneJob> jobs = new ArrayList<>();
    long[] marks = new long[runs + 2];
    CyclicBarrier run = new CyclicBarrier(STREAMS);
    try (ExecutorService callers = Executors.newFixedThreadPool(STREAMS)) {
      for (int i = 0; i < STREAMS; i++) {
        setting.progress().accept("a prompt for each stream, %d of %d".formatted(i + 1, STREAMS));
        LaneJob job = lane.open(PROMPT, steps + 1);
        jobs.add(job);
        job.next(lane.tokens(random, PROMPT));
      }
      setting.progress().accept("steps of %d streams".formatted(STREAMS));
      List<Callable<Void>> streams = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        LaneJob job = jobs.get(i);
        SplittableRandom own = random.split();
        boolean keepsTime = i == 0;
        streams.add(
            () -> {
              try {
                for (int part = 0; part <= runs; part++) {
                  run.await();
                  if (keepsTime) {
                    marks[part] = System.nanoTime();
                  }
                  for (int step = 0; step < STEPS; step++) {
                    job.next(lane.tokens(own, 1));
                  }
                }
                run.await();
                if (keepsTime) {
                  marks[runs + 1] = System.nanoTime();
                }
                return null;
              } finally {
                run.reset(); // who waits for a stream that has failed waits no longer
              }
            });
      }
      for (Future<Void> stream : callers.invokeAll(streams)) {
        // Of several that fail the first to do so says why; others found it gone.
        if (stream.state() == Future.State.FAILED
            && stream.exceptionNow() instanceof LaneException e) {
          throw e;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the streams were interrupted", e);
    } finally {
      jobs.forEach(LaneJob::close);
    }
    double[] seconds = new double[runs];
    for (int i = 0; i < runs; i++) {
      seconds[i] = (marks[i + 2] - marks[i + 1]) / 1e9 / STEPS;
    }
    return seconds;
  }
}
