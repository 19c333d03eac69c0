package dev.sotto.openai.answer;

import dev.sotto.client.AnswerRequest;
import dev.sotto.client.Sampling;
import dev.sotto.contracts.Protection;
import dev.sotto.openai.ServedModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request, checked: what is to be answered and how. Plaintext of the caller's.
 *
 * @param model who answers
 * @param protection what its jobs are to be given
 * @param prompts token ids of each prompt
 * @param promptField what the caller calls the prompt
 * @param n answers to each prompt
 * @param sampling how tokens are chosen; answer i draws from its seed plus i
 * @param stops strings before which answers end
 * @param maxTokens most tokens of each answer, or null where the caller does not say
 * @param topLogprobs as in {@link AnswerRequest}
 * @param stream how to stream, or null for one body at the end
 */
public record Ask(
    ServedModel model,
    Protection protection,
    List<int[]> prompts,
    String promptField,
    int n,
    Sampling sampling,
    List<String> stops,
    @Nullable Integer maxTokens,
    int topLogprobs,
    @Nullable StreamOptions stream) {
  /** Most answers of one request, all prompts together. */
  public static final int MAX_ANSWERS = 8;

  /** Copies. */
  public Ask {
    prompts = List.copyOf(prompts);
    stops = List.copyOf(stops);
  }

  /** Whether a stream ends with what was used. */
  public boolean usage() {
    return stream != null && stream.includeUsage();
  }

  /** Whether probabilities are asked for. */
  public boolean logprobs() {
    return topLogprobs >= 0;
  }

  int answers() {
    return prompts.size() * n;
  }

  int promptTokens() {
    return prompts.stream().mapToInt(prompt -> prompt.length).sum();
  }

  int most(int[] prompt, int usual) {
    int room = model.context() - prompt.length;
    return Math.min(maxTokens == null ? usual : maxTokens, room);
  }

  AnswerRequest answer(int index, int most) {
    return new AnswerRequest(
        prompts.get(index / n),
        sampling.withSeed(sampling.seed() + index),
        stops,
        most,
        topLogprobs);
  }

  @Override
  public String toString() {
    return "Ask[%s, %d answers]".formatted(model.name(), answers());
  }
}
