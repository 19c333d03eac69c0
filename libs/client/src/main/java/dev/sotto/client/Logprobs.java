package dev.sotto.client;

import dev.sotto.client.AnswerPiece.Choice;
import dev.sotto.client.AnswerPiece.Token;
import dev.sotto.models.text.Tokenizer;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Probabilities of tokens under the model alone, from opened logits. */
final class Logprobs {
  private final Tokenizer tokenizer;
  private final int top;

  /** {@code top} as in {@link AnswerRequest#topLogprobs}. */
  Logprobs(Tokenizer tokenizer, int top) {
    this.tokenizer = tokenizer;
    this.top = top;
  }

  /** A token that was chosen from {@code logits} [vocab]. */
  Token of(int token, float[] logits) {
    if (top < 0) {
      return new Token(Choice.of(tokenizer, token, 0), List.of());
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    double total = largest + Math.log(sum);
    List<Choice> likeliest =
        likeliest(logits).stream().map(id -> Choice.of(tokenizer, id, logits[id] - total)).toList();
    return new Token(Choice.of(tokenizer, token, logits[token] - total), likeliest);
  }

  /** Ids by falling logit, equal ones by rising id. */
  private List<Integer> likeliest(float[] logits) {
    Comparator<Integer> falling =
        Comparator.comparingDouble((Integer id) -> -(double) logits[id])
            .thenComparing(Comparator.naturalOrder());
    PriorityQueue<Integer> kept = new PriorityQueue<>(Math.max(1, top), falling.reversed());
    for (int id = 0; id < logits.length && top > 0; id++) {
      if (kept.size() < top) {
        kept.add(id);
      } else if (logits[id] > logits[kept.element()]) {
        kept.remove();
        kept.add(id);
      }
    }
    return kept.stream().sorted(falling).toList();
  }
}
