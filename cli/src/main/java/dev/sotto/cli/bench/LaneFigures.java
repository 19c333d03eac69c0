package dev.sotto.cli.bench;

import dev.sotto.client.lane.LaneUsage;
import dev.sotto.models.shard.ShardHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The real thing: three processes and this one as the caller, all on this machine, the dealer's
 * work included. A few jobs warm the processes up, so that little is left to compile.
 */
final class LaneFigures implements Measurement {
  private static final int PROMPT = 128;
  private static final int STEPS = 32; // two stocks of mask products, and far more than is dealt
  private static final int WARM_STEPS = 8;
  private static final int WARM_JOBS = 3;
  private static final double TIMES_D = 3;
  private static final double TIMES_P = 3;
  private static final double MOST_ROUNDS = 820;
  private static final double MOST_BYTES = 18e6; // a token, over all links
  private static final double MOST_BETWEEN = 4.5e6; // a token, between the evaluators
  private static final double MOST_PROMPT_BYTES = 2.3e9;
  private static final double MOST_MEMORY = 2L << 30;
  private static final double MOST_MEMORY_OF_EVALUATOR = 1.72e9; // 1.6 GiB
  private static final List<String> ROLES = List.of("dealer", "evaluator0", "evaluator1");

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    entries.add(
        new Entry(
            "decode.128",
            "a token with 128 and more cached, mean over "
                + STEPS
                + " steps, median over runs; three processes; limit: 3 × limit.D"));
    entries.add(new Entry("decode.128.step", "the median step of all runs; limit: 3 × limit.D"));
    entries.add(
        new Entry("prefill.128", "a prompt of 128, from opening the job; limit: 3 × limit.P"));
    entries.add(new Entry("decode.rounds", "rounds a token; at most 820"));
    entries.add(
        new Entry(
            "decode.bytes.total",
            "bytes a token over all links as written, framing and TLS included (payload alone"
                + " where the system does not count); at most 18 MB"));
    entries.add(new Entry("decode.bytes.payload", "bytes a token over all links, payload alone"));
    entries.add(
        new Entry("decode.bytes.evaluators", "payload a token, both directions; at most 4.5 MB"));
    entries.add(new Entry("decode.bytes.dealer", "payload a token, dealer to evaluator-1"));
    entries.add(new Entry("decode.bytes.enclave", "payload a token, to and from the caller"));
    entries.add(new Entry("prefill.rounds", "rounds of a prompt of 128"));
    entries.add(
        new Entry("prefill.bytes.total", "bytes of a prompt of 128, as above; at most 2.3 GB"));
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
          new Entry(
              "memory." + role,
              "peak of that process, mapped weight shares included; at most "
                  + (role.equals("dealer") ? "2 GiB" : "1.6 GiB")));
      entries.add(new Entry("memory." + role + ".mapped", "its mapped weight shares at the end"));
    }
    return entries;
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    List<LaneRun> jobs = new ArrayList<>();
    setting.progress().accept("measuring the machine's limits");
    setting.limits().measure();
    try (BenchLane lane = BenchLane.start(setting)) {
      setting.progress().accept("warming up three processes");
      SplittableRandom random = new SplittableRandom(setting.seed());
      LaneRun warm = LaneRun.of(lane, random, PROMPT, WARM_STEPS);
      for (int i = 1; i < WARM_JOBS; i++) {
        warm = LaneRun.of(lane, random, PROMPT, WARM_STEPS);
      }
      for (int run = 0; run < setting.modelRuns(); run++) {
        setting
            .progress()
            .accept("prompt and steps, run %d of %d".formatted(run + 1, setting.modelRuns()));
        jobs.add(LaneRun.of(lane, random, PROMPT, STEPS));
      }
      times(jobs, setting, figures);
      costs(jobs.getLast(), warm, figures);
      for (int role = 0; role < ROLES.size(); role++) {
        ProcessFacts node = lane.nodes().get(role);
        String name = "memory." + ROLES.get(role);
        double most = role == 0 ? MOST_MEMORY : MOST_MEMORY_OF_EVALUATOR;
        node.peakBytes()
            .ifPresent(peak -> figures.accept(Figure.count(name, peak, "B").atMost(most)));
        node.mappedBytes()
            .ifPresent(mapped -> figures.accept(Figure.count(name + ".mapped", mapped, "B")));
      }
    }
  }

  private static void times(List<LaneRun> jobs, Setting setting, Consumer<Figure> figures)
      throws IOException {
    ShardHeader evaluator = setting.subject().shards().headers().getLast();
    double mostDecode = TIMES_D * setting.limits().streaming(evaluator);
    double mostPrefill = TIMES_P * setting.limits().products(evaluator);
    double[] means = jobs.stream().mapToDouble(LaneRun::mean).toArray();
    double[] all = jobs.stream().flatMapToDouble(job -> Arrays.stream(job.steps())).toArray();
    double[] prefill = jobs.stream().mapToDouble(LaneRun::prefill).toArray();
    figures.accept(Figure.of("decode.128", Runs.of(means), "s").atMost(mostDecode));
    figures.accept(Figure.of("decode.128.step", Runs.of(all), "s").atMost(mostDecode));
    figures.accept(Figure.of("prefill.128", Runs.of(prefill), "s").atMost(mostPrefill));
    for (int role = 0; role < ROLES.size(); role++) {
      int of = role;
      figures.accept(
          Figure.of(
              "decode.cpu." + ROLES.get(role),
              Runs.of(jobs.stream().mapToDouble(j -> j.decodeTime()[of] / STEPS).toArray()),
              "s"));
      figures.accept(
          Figure.of(
              "prefill.cpu." + ROLES.get(role),
              Runs.of(jobs.stream().mapToDouble(j -> j.promptTime()[of]).toArray()),
              "s"));
    }
    figures.accept(dealersShare("decode.cpu.dealer_share", jobs, LaneRun::decodeTime));
    figures.accept(dealersShare("prefill.cpu.dealer_share", jobs, LaneRun::promptTime));
  }

  private static Figure dealersShare(
      String name, List<LaneRun> jobs, Function<LaneRun, double[]> time) {
    return Figure.of(
        name,
        Runs.of(jobs.stream().map(time).mapToDouble(t -> t[0] / Arrays.stream(t).sum()).toArray()),
        "1");
  }

  private static void costs(LaneRun job, LaneRun warm, Consumer<Figure> figures) {
    LaneUsage d = job.decode();
    LaneUsage p = job.prompt();
    figures.accept(
        Figure.of("decode.rounds", token(d, LaneUsage::rounds), "1").atMost(MOST_ROUNDS));
    double payload = token(d, LaneUsage::bytes);
    double written = job.writtenEach(warm);
    boolean unknown = Double.isNaN(written);
    figures.accept(
        Figure.of("decode.bytes.total", unknown ? payload : written, "B").atMost(MOST_BYTES));
    figures.accept(Figure.of("decode.bytes.payload", payload, "B"));
    figures.accept(
        Figure.of("decode.bytes.evaluators", token(d, LaneFigures::between), "B")
            .atMost(MOST_BETWEEN));
    figures.accept(Figure.of("decode.bytes.dealer", token(d, LaneUsage::dealerToEvaluator1), "B"));
    figures.accept(Figure.of("decode.bytes.enclave", token(d, LaneFigures::enclave), "B"));
    figures.accept(Figure.count("prefill.rounds", p.rounds(), "1"));
    figures.accept(
        Figure.of(
                "prefill.bytes.total",
                unknown ? (double) p.bytes() : job.written() - STEPS * written,
                "B")
            .atMost(MOST_PROMPT_BYTES));
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
