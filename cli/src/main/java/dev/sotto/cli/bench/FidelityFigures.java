package dev.sotto.cli.bench;

import dev.sotto.client.Generation;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import dev.sotto.nn.ClearModel;
import dev.sotto.nn.ClearRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Logits under sharing against those in the clear. Each prompt is answered greedily in the clear,
 * and both are fed that answer, so that they stay comparable whatever one of them would have said.
 */
final class FidelityFigures implements Measurement {
  /** The prompts that this repository's models are held against. */
  private static final List<String> PROMPTS =
      List.of(
          "What is the capital of France?",
          "Write a haiku about the sea.",
          "Explain gravity to a child.",
          "List three fruits.",
          "def fib(n):",
          "Who wrote Hamlet?",
          "Give me a short packing list for a weekend in the mountains.",
          "Summarize: The cat sat on the mat because it was warm.");

  private static final int MOST_TOKENS = 48;
  private static final double SAME_TOKEN = 0.99;
  private static final double MOST_DIVERGENCE = 1e-4;
  private static final double MOST_LOGIT_ERROR = 0.25;

  private final List<String> prompts;
  private final int mostTokens;

  /** The eight prompts, each answered to its end or by 48 tokens. */
  FidelityFigures() {
    this(PROMPTS, MOST_TOKENS);
  }

  FidelityFigures(List<String> prompts, int mostTokens) {
    this.prompts = prompts;
    this.mostTokens = mostTokens;
  }

  @Override
  public List<Entry> entries() {
    return List.of(
        new Entry(
            "fidelity.same_token",
            "part of the steps of eight prompts whose likeliest token is the clear run's; at least"
                + " 0.99"),
        new Entry(
            "fidelity.sure_but_other",
            "steps with another token though the clear run is sure (margin above 0.5); none"),
        new Entry("fidelity.kl", "mean divergence from the clear run's distribution"),
        new Entry("fidelity.kl.worst", "the largest of any step"),
        new Entry("fidelity.max_logit_error", "largest difference of any logit of any step"),
        new Entry("fidelity.steps", "how many steps were compared"));
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    PublicPart part = setting.subject().publicPart();
    Fidelity fidelity = new Fidelity();
    ClearModel clear;
    setting.progress().accept("loading weights for the clear run");
    try (ModelFiles source = setting.subject().open()) {
      clear = ClearWeights.load(source);
    }
    try (BenchLane lane = BenchLane.start(setting);
        Generation generation = new Generation(part);
        Tokenizer tokenizer = part.tokenizer()) {
      for (int i = 0; i < prompts.size(); i++) {
        setting.progress().accept("fidelity, prompt %d of %d".formatted(i + 1, prompts.size()));
        int[] prompt = generation.prompt(prompts.get(i), part.template().isEmpty());
        int room = part.config().context() - prompt.length;
        compare(clear, lane, prompt, Math.min(mostTokens, room), tokenizer.ends(), fidelity);
      }
    }
    figures.accept(Figure.of("fidelity.same_token", fidelity.sameToken(), "1").atLeast(SAME_TOKEN));
    figures.accept(Figure.of("fidelity.sure_but_other", fidelity.sureButOther(), "1").atMost(0));
    figures.accept(
        Figure.of("fidelity.kl", fidelity.meanDivergence(), "nats").atMost(MOST_DIVERGENCE));
    figures.accept(Figure.of("fidelity.kl.worst", fidelity.worstDivergence(), "nats"));
    figures.accept(
        Figure.of("fidelity.max_logit_error", fidelity.worstError(), "logits")
            .atMost(MOST_LOGIT_ERROR));
    figures.accept(Figure.of("fidelity.steps", fidelity.steps(), "1"));
  }

  private static void compare(
      ClearModel model,
      BenchLane lane,
      int[] prompt,
      int most,
      Set<Integer> ends,
      Fidelity fidelity) {
    ClearRun clear = model.start();
    List<float[]> expected = new ArrayList<>();
    List<Integer> answer = new ArrayList<>();
    do {
      expected.add(answer.isEmpty() ? clear.logits(prompt) : clear.logits(answer.getLast()));
      answer.add(Fidelity.best(expected.getLast()));
    } while (answer.size() < most && !ends.contains(answer.getLast()));
    try (LaneJob job = lane.open(prompt.length, answer.size())) {
      for (int step = 0; step < answer.size(); step++) {
        float[] shared = step == 0 ? job.next(prompt) : job.next(answer.get(step - 1));
        fidelity.add(expected.get(step), shared);
      }
    }
  }
}
