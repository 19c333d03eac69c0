package dev.sotto.contracts;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a job, from public numbers alone, so that every role and the caller agree on them
 * without a word: the prompt in parts, then one token a step. A part has at most {@value
 * #MAX_TOKENS} tokens, fewer when many are cached: scores of one step stay bounded.
 */
public final class StepPlan {
  /** Most tokens of one step. */
  public static final int MAX_TOKENS = 128;

  private static final int PAIRS = 1 << 15; // tokens × keys of one step
  private static final int MIN_TOKENS = 8;

  private final List<Part> prompt;
  private final int promptTokens;
  private final int steps;

  /**
   * One step's shape.
   *
   * @param position tokens before it
   * @param tokens its own
   */
  public record Part(int position, int tokens) {}

  private StepPlan(List<Part> prompt, int promptTokens, int steps) {
    this.prompt = prompt;
    this.promptTokens = promptTokens;
    this.steps = steps;
  }

  /** The plan for a prompt and at most {@code maxTokens} answered ones, both at least 1. */
  public static StepPlan of(int promptTokens, int maxTokens) {
    if (promptTokens < 1 || maxTokens < 1) {
      throw new IllegalArgumentException("a job has at least one token to read and one to answer");
    }
    List<Part> parts = new ArrayList<>();
    for (int at = 0; at < promptTokens; ) {
      int fits = Math.max(MIN_TOKENS, PAIRS / (at + MAX_TOKENS));
      int n = Math.min(Math.min(MAX_TOKENS, fits), promptTokens - at);
      parts.add(new Part(at, n));
      at += n;
    }
    return new StepPlan(List.copyOf(parts), promptTokens, parts.size() + maxTokens - 1);
  }

  /** How many steps there can be: the prompt's, and one for each answered token but the last. */
  public int steps() {
    return steps;
  }

  /** Steps that read the prompt. */
  public int promptSteps() {
    return prompt.size();
  }

  /** The shape of step {@code serial}. */
  public Part part(int serial) {
    return serial < prompt.size()
        ? prompt.get(serial)
        : new Part(promptTokens + serial - prompt.size(), 1);
  }

  /** Whether the step's last token is answered with logits. */
  public boolean answers(int serial) {
    return serial >= prompt.size() - 1;
  }
}
