package dev.sotto.cli.bench;

import dev.sotto.cli.bench.PlainCaller.Streamed;
import dev.sotto.client.AnswerListener;
import dev.sotto.client.AnswerPiece;
import dev.sotto.client.AnswerRequest;
import dev.sotto.client.Generation;
import dev.sotto.client.Sampling;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What the platform adds: the same question, answered by turns through the API of a platform of its
 * own and by a lane as {@code generate} starts it. Both are warm, neither works while the other is
 * measured.
 */
final class ApiFigures implements Measurement {
  private static final String QUESTION = "What is the capital of France?";
  private static final int TOKENS = 33; // a prompt's answer, and two stocks of mask products
  private static final int WARM = 3;
  private static final double MOST_FIRST_SECONDS = 3;
  private static final double MOST_OVERHEAD = 0.10;

  @Override
  public List<Entry> entries() {
    return List.of(
        new Entry(
            "ttft.api",
            "from sending \""
                + QUESTION
                + "\" to the first token, streamed through a platform's API, warm; at most 3 s"),
        new Entry("ttft.lane", "the same by the lane of generate alone, from opening the job"),
        new Entry("api.decode", "a token after the first, through the API, mean of an answer's"),
        new Entry("api.decode.lane", "the same by the lane of generate alone"),
        new Entry(
            "api.overhead", "api.decode ÷ api.decode.lane − 1, both of this run; at most 0.10"));
  }

  /** One answer: seconds to its first token, and a token after that. */
  private record Answered(double first, double each) {
    static Answered of(double first, double last, int tokens) {
      return new Answered(first, (last - first) / (tokens - 1));
    }
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    PublicPart part = setting.subject().publicPart();
    List<Answered> api = new ArrayList<>();
    List<Answered> alone = new ArrayList<>();
    setting.progress().accept("starting a platform");
    try (RunningPlatform platform = setting.subject().platform();
        PlainCaller caller = new PlainCaller(platform);
        BenchLane lane = BenchLane.start(setting);
        Generation generation = new Generation(part);
        Tokenizer tokenizer = part.tokenizer()) {
      int runs = WARM + setting.modelRuns();
      for (int run = 0; run < runs; run++) {
        setting
            .progress()
            .accept(
                run < WARM
                    ? "warming up a platform and a lane, %d of %d".formatted(run + 1, WARM)
                    : "API and lane, run %d of %d".formatted(run + 1 - WARM, runs - WARM));
        Answered answered = ask(caller, platform, tokenizer.ends());
        Answered same = answer(lane, generation, tokenizer.ends());
        if (run >= WARM) {
          api.add(answered);
          alone.add(same);
        }
      }
    }
    tell(api, alone, figures);
  }

  private static Answered ask(PlainCaller caller, RunningPlatform platform, Set<Integer> ends)
      throws IOException {
    String never =
        ends.stream().map(end -> "\"" + end + "\": -100").collect(Collectors.joining(", "));
    Streamed streamed =
        caller.stream(
            platform.key(),
            """
            "model": "%s", "temperature": 0, "max_tokens": %d, "logit_bias": {%s},
            "messages": [{"role": "user", "content": "%s"}]"""
                .formatted(platform.model(), TOKENS, never, QUESTION));
    return Answered.of(streamed.first(), streamed.last(), streamed.tokens());
  }

  private static Answered answer(BenchLane lane, Generation generation, Set<Integer> ends) {
    int[] prompt = generation.prompt(QUESTION, false);
    Map<Integer, Double> never = new HashMap<>();
    ends.forEach(end -> never.put(end, -100.0));
    AnswerRequest request =
        new AnswerRequest(prompt, Sampling.greedy().withLogitBias(never), List.of(), TOKENS, 0);
    Clock clock = new Clock();
    try (LaneJob job = lane.open(prompt.length, TOKENS)) {
      int tokens = generation.answer(job, request, clock).tokens().size();
      return Answered.of(clock.first, clock.last, tokens);
    }
  }

  /** Notes when tokens come. */
  private static final class Clock implements AnswerListener {
    private final long start = System.nanoTime();
    private double first;
    private double last;

    @Override
    public void piece(AnswerPiece piece) {
      if (!piece.tokens().isEmpty()) {
        last = (System.nanoTime() - start) / 1e9;
        first = first == 0 ? last : first;
      }
    }
  }

  private static void tell(List<Answered> api, List<Answered> alone, Consumer<Figure> figures) {
    Runs apiEach = Runs.of(api.stream().mapToDouble(Answered::each).toArray());
    Runs aloneEach = Runs.of(alone.stream().mapToDouble(Answered::each).toArray());
    double[] first = api.stream().mapToDouble(Answered::first).toArray();
    figures.accept(Figure.of("ttft.api", Runs.of(first), "s").atMost(MOST_FIRST_SECONDS));
    figures.accept(
        Figure.of(
            "ttft.lane", Runs.of(alone.stream().mapToDouble(Answered::first).toArray()), "s"));
    figures.accept(Figure.of("api.decode", apiEach, "s"));
    figures.accept(Figure.of("api.decode.lane", aloneEach, "s"));
    double overhead = apiEach.median() / aloneEach.median() - 1;
    figures.accept(Figure.of("api.overhead", overhead, "1").atMost(MOST_OVERHEAD));
  }
}
