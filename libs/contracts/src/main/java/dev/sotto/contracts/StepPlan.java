package dev.sotto.contracts;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a job, from public numbers alone, so that every role and the caller agree on them
 * without a word: the prompt in parts, then one token a step. A part has at most {@value
 * #MAX_TOKENS} tokens, fewer when many are cached: scores of one step stay bounded.
 *
 * <p>Where lanes are compared, a digest takes a step's place after every {@value #DIGEST_WINDOW}
 * answered steps, and after the last one; it feeds no token. A caller who is done earlier may send
 * a digest in place of the next step, once, and nothing after it.
 */
public final class StepPlan {
  /** Most tokens of one step. */
  public static final int MAX_TOKENS = 128;

  /** Most answered steps that one digest covers. */
  public static final int DIGEST_WINDOW = 16;

  private static final int PAIRS = 1 << 15; // tokens × keys of one step
  private static final int MIN_TOKENS = 8;
  private static final int PERIOD = DIGEST_WINDOW + 1; // with the digest itself

  private final List<Part> prompt;
  private final int promptTokens;
  private final int maxTokens;
  private final boolean digested;

  /**
   * One step's shape.
   *
   * @param position tokens before it
   * @param tokens its own; none for a digest
   */
  public record Part(int position, int tokens) {}

  /**
   * Answered steps that a digest covers.
   *
   * @param from the first one's number
   * @param count how many
   */
  public record Window(int from, int count) {}

  private StepPlan(List<Part> prompt, int promptTokens, int maxTokens, boolean digested) {
    this.prompt = prompt;
    this.promptTokens = promptTokens;
    this.maxTokens = maxTokens;
    this.digested = digested;
  }

  /** The plan for a prompt and at most {@code maxTokens} answered ones, both at least 1. */
  public static StepPlan of(int promptTokens, int maxTokens) {
    return of(promptTokens, maxTokens, false);
  }

  /** The same with digests of what is answered. */
  public static StepPlan digested(int promptTokens, int maxTokens) {
    return of(promptTokens, maxTokens, true);
  }

  /** The plan of a job. */
  public static StepPlan of(JobOpen open) {
    return of(open.promptTokens(), open.maxTokens(), open.digested());
  }

  /** The plan with or without digests. */
  public static StepPlan of(int promptTokens, int maxTokens, boolean digested) {
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
    return new StepPlan(List.copyOf(parts), promptTokens, maxTokens, digested);
  }

  /**
   * How many steps there can be: the prompt's, one for each answered token but the last, and the
   * digests.
   */
  public int steps() {
    int digests = digested ? (maxTokens + DIGEST_WINDOW - 1) / DIGEST_WINDOW : 0;
    return prompt.size() + maxTokens - 1 + digests;
  }

  /** Steps that read the prompt. */
  public int promptSteps() {
    return prompt.size();
  }

  /** Whether it has digests. */
  public boolean digested() {
    return digested;
  }

  /** The shape of step {@code serial}. */
  public Part part(int serial) {
    if (serial < prompt.size()) {
      return prompt.get(serial);
    }
    int answered = answeredBefore(serial);
    return isDigest(serial)
        ? new Part(promptTokens + answered - 1, 0)
        : new Part(promptTokens + answered - 1, 1);
  }

  /** Whether the step's last token is answered with logits. */
  public boolean answers(int serial) {
    return serial >= prompt.size() - 1 && !isDigest(serial);
  }

  /** Whether step {@code serial} is a digest by plan. */
  public boolean isDigest(int serial) {
    int since = serial - (prompt.size() - 1);
    return digested && since > 0 && (since % PERIOD == DIGEST_WINDOW || serial == steps() - 1);
  }

  /** Whether a digest may come as step {@code serial}: by plan, or as the last of all. */
  public boolean mayDigest(int serial) {
    return digested && serial < steps() && window(serial).count > 0;
  }

  /** What a digest as step {@code serial} covers: the answered steps since the last one. */
  public Window window(int serial) {
    int since = Math.max(0, serial - (prompt.size() - 1));
    int count = since % PERIOD;
    return new Window(serial - count, count);
  }

  /** How many steps before {@code serial} are answered. */
  public int answeredBefore(int serial) {
    int since = Math.max(0, serial - (prompt.size() - 1));
    return digested ? Math.min(maxTokens, since - since / PERIOD) : since;
  }
}
