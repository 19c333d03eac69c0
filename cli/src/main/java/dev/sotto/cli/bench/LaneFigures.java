package dev.sotto.cli.bench;

import dev.sotto.client.lane.LaneJob;
import dev.sotto.client.lane.LaneUsage;
import dev.sotto.models.shard.ShardHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The real thing: three processes and this one as the caller, all on this machine, the dealer's
 * work included. A first job warms the processes up.
 */
final class LaneFigures implements Measurement {
  private static final int PROMPT = 128;
  private static final int STEPS = 32; // two stocks of mask products, and far more than is dealt
  private static final int WARM_STEPS = 8;
  private static final double TIMES_D = 10;
  private static final double TIMES_P = 7;
  private static final double MEMORY = 2L << 30;
  private static final List<String> ROLES = List.of("dealer", "evaluator0", "evaluator1");

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    entries.add(
        new Entry(
            "decode.128",
            "a token with 128 and more cached, mean over "
                + STEPS
                + " steps, median over runs; three processes; limit: 10 × limit.D"));
    entries.add(new Entry("decode.128.step", "the median step of all runs; limit: 10 × limit.D"));
    entries.add(
        new Entry("prefill.128", "a prompt of 128, from opening the job; limit: 7 × limit.P"));
    entries.add(new Entry("decode.rounds", "rounds a token"));
    entries.add(
        new Entry(
            "decode.bytes.total",
            "bytes a token over all links as written, framing and TLS included (payload alone"
                + " where the system does not count)"));
    entries.add(new Entry("decode.bytes.payload", "bytes a token over all links, payload alone"));
    entries.add(new Entry("decode.bytes.evaluators", "payload a token, both directions"));
    entries.add(new Entry("decode.bytes.dealer", "payload a token, dealer to evaluator-1"));
    entries.add(new Entry("decode.bytes.enclave", "payload a token, to and from the caller"));
    entries.add(new Entry("prefill.rounds", "rounds of a prompt of 128"));
    entries.add(new Entry("prefill.bytes.total", "bytes of a prompt of 128, as above"));
    entries.add(new Entry("prefill.bytes.payload", "payload of a prompt of 128"));
    entries.add(new Entry("prefill.bytes.evaluators", "payload, both directions"));
    entries.add(new Entry("prefill.bytes.dealer", "payload, dealer to evaluator-1"));
    for (String phase : List.of("decode", "prefill")) {
      for (String role : ROLES) {
        entries.add(
            new Entry(phase + ".cpu." + role, "processor time of that process, all threads"));
      }
      entries.add(new Entry(phase + ".cpu.dealer_share", "the dealer's part of the three"));
    }
    for (String role : ROLES) {
      entries.add(
          new Entry("memory." + role, "peak of that process, mapped weight shares included"));
      entries.add(new Entry("memory." + role + ".mapped", "its mapped weight shares at the end"));
    }
    return entries;
  }

  /** One job's times and costs; arrays by role. */
  private record Job(
      double prefill,
      double[] steps,
      LaneUsage prompt,
      LaneUsage decode,
      double written,
      double[] promptTime,
      double[] decodeTime) {}

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    List<Job> jobs = new ArrayList<>();
    setting.progress().accept("measuring the machine's limits");
    setting.limits().measure();
    try (BenchLane lane = BenchLane.start(setting)) {
      setting.progress().accept("warming up three processes");
      SplittableRandom random = new SplittableRandom(setting.seed());
      Job warm = run(lane, random, WARM_STEPS);
      for (int run = 0; run < setting.modelRuns(); run++) {
        setting
            .progress()
            .accept("prompt and steps, run %d of %d".formatted(run + 1, setting.modelRuns()));
        jobs.add(run(lane, random, STEPS));
      }
      times(jobs, setting, figures);
      costs(jobs.getLast(), warm, figures);
      for (int role = 0; role < ROLES.size(); role++) {
        ProcessFacts node = lane.nodes().get(role);
        String name = "memory." + ROLES.get(role);
        node.peakBytes()
            .ifPresent(peak -> figures.accept(Figure.count(name, peak, "B").atMost(MEMORY)));
        node.mappedBytes()
            .ifPresent(mapped -> figures.accept(Figure.count(name + ".mapped", mapped, "B")));
      }
    }
  }

  private static Job run(BenchLane lane, SplittableRandom random, int count) {
    Usages before = Usages.of(lane);
    long start = System.nanoTime();
    try (LaneJob job = lane.open(PROMPT, count + 1)) {
      job.next(lane.tokens(random, PROMPT));
      double prefill = (System.nanoTime() - start) / 1e9;
      Usages prompt = Usages.of(lane);
      LaneUsage promptUsage = job.usage();
      double[] steps = new double[count];
      for (int i = 0; i < count; i++) {
        long from = System.nanoTime();
        job.next(lane.tokens(random, 1));
        steps[i] = (System.nanoTime() - from) / 1e9;
      }
      Usages all = Usages.of(lane);
      return new Job(
          prefill,
          steps,
          promptUsage,
          job.usage().since(promptUsage),
          all.written - before.written,
          difference(prompt.seconds, before.seconds),
          difference(all.seconds, prompt.seconds));
    }
  }

  /** What the processes, this one included, have used up to some moment. */
  private record Usages(double written, double[] seconds) {
    static Usages of(BenchLane lane) {
      double written = orUnknown(ProcessFacts.own().writtenBytes());
      double[] seconds = new double[ROLES.size()];
      for (int role = 0; role < seconds.length; role++) {
        ProcessFacts node = lane.nodes().get(role);
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

  private static void times(List<Job> jobs, Setting setting, Consumer<Figure> figures)
      throws IOException {
    ShardHeader evaluator = setting.subject().shards().headers().getLast();
    double mostDecode = TIMES_D * setting.limits().streaming(evaluator);
    double mostPrefill = TIMES_P * setting.limits().products(evaluator);
    double[] means =
        jobs.stream().mapToDouble(job -> Arrays.stream(job.steps).average().orElse(0)).toArray();
    double[] all = jobs.stream().flatMapToDouble(job -> Arrays.stream(job.steps)).toArray();
    double[] prefill = jobs.stream().mapToDouble(Job::prefill).toArray();
    figures.accept(Figure.of("decode.128", Runs.of(means), "s").atMost(mostDecode));
    figures.accept(Figure.of("decode.128.step", Runs.of(all), "s").atMost(mostDecode));
    figures.accept(Figure.of("prefill.128", Runs.of(prefill), "s").atMost(mostPrefill));
    for (int role = 0; role < ROLES.size(); role++) {
      int of = role;
      figures.accept(
          Figure.of(
              "decode.cpu." + ROLES.get(role),
              Runs.of(jobs.stream().mapToDouble(j -> j.decodeTime[of] / STEPS).toArray()),
              "s"));
      figures.accept(
          Figure.of(
              "prefill.cpu." + ROLES.get(role),
              Runs.of(jobs.stream().mapToDouble(j -> j.promptTime[of]).toArray()),
              "s"));
    }
    figures.accept(dealersShare("decode.cpu.dealer_share", jobs, Job::decodeTime));
    figures.accept(dealersShare("prefill.cpu.dealer_share", jobs, Job::promptTime));
  }

  private static Figure dealersShare(String name, List<Job> jobs, Function<Job, double[]> time) {
    return Figure.of(
        name,
        Runs.of(jobs.stream().map(time).mapToDouble(t -> t[0] / Arrays.stream(t).sum()).toArray()),
        "1");
  }

  private static void costs(Job job, Job warm, Consumer<Figure> figures) {
    LaneUsage d = job.decode;
    LaneUsage p = job.prompt;
    figures.accept(Figure.of("decode.rounds", token(d, LaneUsage::rounds), "1").atMost(820));
    double payload = token(d, LaneUsage::bytes);
    // The dealer is ahead of a step, but at a job's end all that it wrote has been used: what two
    // jobs differ by is what the steps cost that only one of them ran.
    double written = (job.written - warm.written) / (STEPS - WARM_STEPS);
    boolean unknown = Double.isNaN(written);
    figures.accept(Figure.of("decode.bytes.total", unknown ? payload : written, "B").atMost(21e6));
    figures.accept(Figure.of("decode.bytes.payload", payload, "B"));
    figures.accept(
        Figure.of("decode.bytes.evaluators", token(d, LaneFigures::between), "B").atMost(4.5e6));
    figures.accept(Figure.of("decode.bytes.dealer", token(d, LaneUsage::dealerToEvaluator1), "B"));
    figures.accept(Figure.of("decode.bytes.enclave", token(d, LaneFigures::enclave), "B"));
    figures.accept(Figure.count("prefill.rounds", p.rounds(), "1"));
    figures.accept(
        Figure.of(
                "prefill.bytes.total",
                unknown ? (double) p.bytes() : job.written - STEPS * written,
                "B")
            .atMost(2.6e9));
    figures.accept(Figure.count("prefill.bytes.payload", p.bytes(), "B"));
    figures.accept(Figure.count("prefill.bytes.evaluators", between(p), "B"));
    figures.accept(Figure.count("prefill.bytes.dealer", p.dealerToEvaluator1(), "B"));
  }

  private static double token(LaneUsage usage, ToLongFunction<LaneUsage> count) {
    return (double) count.applyAsLong(usage) / STEPS;
  }

  private static long between(LaneUsage usage) {
    return usage.evaluator0ToEvaluator1() + usage.evaluator1ToEvaluator0();
  }

  private static long enclave(LaneUsage usage) {
    return usage.enclaveToNodes() + usage.nodesToEnclave();
  }
}
