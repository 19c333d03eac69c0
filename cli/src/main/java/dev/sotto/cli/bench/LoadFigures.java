package dev.sotto.cli.bench;

import dev.sotto.cli.bench.PlainCaller.Streamed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Fifty streaming callers of two tenants on one lane of a small made-up model, each asking again as
 * soon as it is answered; then as many at once with a key that may have a few jobs only.
 */
final class LoadFigures implements Measurement {
  private static final int MANY = 40;
  private static final int FEW = 10;
  private static final int ROUNDS = 2;
  private static final int TOKENS = 16;
  private static final int PLACES = 8;
  private static final double LEAST_SHARE = 0.4;

  /** Peaks by process: what the figure is called, and what the process is. */
  private static final Map<String, String> MEMORY =
      Map.of(
          "platform", "platform",
          "kafka", "kafka",
          "dealer", "lane-1-dealer",
          "evaluator0", "lane-1-evaluator-0",
          "evaluator1", "lane-1-evaluator-1");

  @Override
  public List<Entry> entries() {
    List<Entry> entries =
        new ArrayList<>(
            List.of(
                new Entry(
                    "load.ttft.p50",
                    "from a request to its first token, waiting for the lane included; the median of"
                        + " 50 streaming callers, 40 of one tenant and 10 of another; a small model"),
                new Entry("load.ttft.p95", "the same, 95 of 100 are faster"),
                new Entry("load.tokens", "tokens a second, all callers together"),
                new Entry("load.jobs", "answers, all complete"),
                new Entry(
                    "load.share.few",
                    "the tenant of 10's part of the tokens until its last answer; 0.5 where tenants"
                        + " take turns, 0.2 where callers do; at least 0.4"),
                new Entry("load.share.many", "the tenant of 40's part of them"),
                new Entry(
                    "load.refused",
                    "of 50 requests at once with a key of "
                        + PLACES
                        + " places: refused with 429")));
    new TreeMap<>(MEMORY)
        .keySet()
        .forEach(name -> entries.add(new Entry("load.memory." + name, "peak of that process")));
    return entries;
  }

  /** An answer; times are seconds since the load began. */
  private record Done(boolean few, double at, Streamed streamed) {}

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    setting.progress().accept("starting a platform with a small model");
    try (RunningPlatform platform = setting.subject().smallPlatform();
        PlainCaller caller = new PlainCaller(platform);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Tenant many = Tenant.make(caller, platform, "many");
      Tenant few = Tenant.make(caller, platform, "few");
      setting.progress().accept("warming up");
      all(callers, PLACES, () -> List.of(caller.stream(many.key(), asking(platform))));
      setting.progress().accept("fifty callers of two tenants");
      long start = System.nanoTime();
      List<Future<List<Done>>> asked = new ArrayList<>();
      for (int i = 0; i < MANY + FEW; i++) {
        boolean ofFew = i >= MANY;
        String key = ofFew ? few.key() : many.key();
        asked.add(
            callers.submit(
                () -> {
                  List<Done> mine = new ArrayList<>();
                  for (int round = 0; round < ROUNDS; round++) {
                    Streamed streamed = caller.stream(key, asking(platform));
                    double now = (System.nanoTime() - start) / 1e9;
                    mine.add(new Done(ofFew, now, streamed));
                  }
                  return mine;
                }));
      }
      tell(joined(asked), figures);
      setting.progress().accept("fifty callers with eight places");
      String bounded = Tenant.make(caller, platform, "bounded").bounded(caller, PLACES);
      List<Streamed> burst =
          all(callers, MANY + FEW, () -> List.of(caller.stream(bounded, asking(platform))));
      long refused = burst.stream().filter(Streamed::refused).count();
      figures.accept(Figure.count("load.refused", refused, "1"));
      memory(platform, figures);
    }
  }

  private static String asking(RunningPlatform platform) {
    return """
        "model": "%s", "temperature": 0, "max_tokens": %d,
        "messages": [{"role": "user", "content": "Hello"}]"""
        .formatted(platform.model(), TOKENS);
  }

  /** What one caller sees. */
  @FunctionalInterface
  private interface Calling<T> {
    List<T> call() throws IOException;
  }

  private static <T> List<T> all(ExecutorService callers, int count, Calling<T> one)
      throws IOException {
    List<Future<List<T>>> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      asked.add(callers.submit(one::call));
    }
    return joined(asked);
  }

  private static <T> List<T> joined(List<Future<List<T>>> asked) throws IOException {
    List<T> all = new ArrayList<>();
    for (Future<List<T>> one : asked) {
      try {
        all.addAll(one.get());
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException("a caller failed", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return all;
  }

  private static void tell(List<Done> done, Consumer<Figure> figures) {
    List<Done> answers =
        done.stream()
            .filter(one -> !one.streamed().refused())
            .sorted(Comparator.comparingDouble(Done::at))
            .toList();
    double[] first = answers.stream().mapToDouble(one -> one.streamed().first()).sorted().toArray();
    int tokens = tokens(answers);
    double end = answers.getLast().at();
    figures.accept(Figure.of("load.ttft.p50", percentile(first, 50), "s"));
    figures.accept(Figure.of("load.ttft.p95", percentile(first, 95), "s"));
    figures.accept(Figure.of("load.tokens", tokens / end, "1/s"));
    figures.accept(Figure.count("load.jobs", answers.size(), "1").atLeast(ROUNDS * (MANY + FEW)));
    int last = 0;
    for (int i = 0; i < answers.size(); i++) {
      last = answers.get(i).few() ? i : last;
    }
    List<Done> contended = answers.subList(0, last + 1);
    double share =
        (double) tokens(contended.stream().filter(Done::few).toList()) / tokens(contended);
    figures.accept(Figure.of("load.share.few", share, "1").atLeast(LEAST_SHARE));
    figures.accept(Figure.of("load.share.many", 1 - share, "1"));
  }

  private static int tokens(List<Done> answers) {
    return answers.stream().mapToInt(one -> one.streamed().tokens()).sum();
  }

  /** The smallest value that so many of 100 do not exceed. */
  static double percentile(double[] sorted, int percent) {
    return sorted[Math.max(0, Math.ceilDiv(sorted.length * percent, 100) - 1)];
  }

  private static void memory(RunningPlatform platform, Consumer<Figure> figures) {
    Map<String, Long> processes = platform.processes();
    new TreeMap<>(MEMORY)
        .forEach(
            (name, process) ->
                new ProcessFacts(processes.getOrDefault(process, 0L))
                    .peakBytes()
                    .ifPresent(
                        peak -> figures.accept(Figure.count("load.memory." + name, peak, "B"))));
  }

  /** A tenant that was made for this. */
  private record Tenant(String project, String key) {
    static Tenant make(PlainCaller caller, RunningPlatform platform, String name)
        throws IOException {
      JsonNode made =
          caller.post(
              platform.platformKey(), "/v1/platform/tenants", "{\"name\": \"" + name + "\"}");
      return new Tenant(made.at("/project/id").asString(), made.at("/key/value").asString());
    }

    /** A key that may have so many jobs at once; nobody has used it, so its limits hold at once. */
    String bounded(PlainCaller caller, int places) throws IOException {
      String path = "/v1/organization/projects/" + project;
      JsonNode _ =
          caller.post(
              key,
              path + "/rate_limits/rl_all_models",
              "{\"max_concurrent_jobs\": " + places + "}");
      return caller
          .post(key, path + "/api_keys", "{\"name\": \"bounded\", \"scopes\": [\"inference\"]}")
          .path("value")
          .asString();
    }

    @Override
    public String toString() {
      return "Tenant[" + project + "]";
    }
  }
}
