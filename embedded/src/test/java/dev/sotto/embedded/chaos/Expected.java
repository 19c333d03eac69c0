package dev.sotto.embedded.chaos;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerRequest;
import dev.sotto.client.Generation;
import dev.sotto.client.Sampling;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.text.ChatMessage;
import dev.sotto.nn.ClearModel;
import dev.sotto.nn.ClearRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a greedy answer is, computed in the clear: to a prompt whose every next token is likelier
 * than all others by more than the rounding of shares can change, and that does not end early.
 *
 * @param question what is asked
 * @param prompt its tokens
 * @param tokens of the answer
 * @param text of the answer
 */
record Expected(String question, int[] prompt, List<Integer> tokens, String text) {
  static final int TOKENS = 24;
  private static final double LEAST_MARGIN = 0.02;
  private static final int MOST_QUESTIONS = 2000;

  /** The first question of some that has such an answer. */
  static Expected of(Path folder) {
    try (HubModel source = HubModel.open(folder);
        Generation generation = new Generation(source.publicPart())) {
      ClearModel model = ClearWeights.load(source);
      Sampling greedy = new Sampling(0, 0, 1, 1, 0, 0, Map.of(), 0);
      for (int i = 0; i < MOST_QUESTIONS; i++) {
        String question = "Question " + i;
        int[] prompt = generation.conversation(List.of(ChatMessage.user(question)));
        ClearRun run = model.start();
        double[] least = {Double.MAX_VALUE};
        Answer answer =
            generation.answer(
                tokens -> margin(run.logits(tokens), least),
                new AnswerRequest(prompt, greedy, List.of(), TOKENS, -1),
                _ -> {});
        if (answer.tokens().size() == TOKENS && least[0] > LEAST_MARGIN) {
          return new Expected(question, prompt, List.copyOf(answer.tokens()), answer.text());
        }
      }
    }
    throw new AssertionError("no question has an answer that is sure enough");
  }

  private static float[] margin(float[] logits, double[] least) {
    float best = Float.NEGATIVE_INFINITY;
    float second = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      if (logit > best) {
        second = best;
        best = logit;
      } else {
        second = Math.max(second, logit);
      }
    }
    least[0] = Math.min(least[0], best - second);
    return logits;
  }
}
