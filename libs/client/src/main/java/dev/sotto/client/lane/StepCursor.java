package dev.sotto.client.lane;

import dev.sotto.contracts.StepPlan;
import java.util.Arrays;

/** Where a job is in its plan: cuts what it is fed into the steps that are due. Not thread-safe. */
public final class StepCursor {
  private final StepPlan plan;
  private final int promptTokens;
  private int serial;
  private int position;

  /** Runs one step. */
  @FunctionalInterface
  public interface Step {
    /**
     * Logits, or nothing for a step that is not answered.
     *
     * @param serial the step's number
     * @param position tokens before it
     * @param tokens its own
     * @param answers whether it is answered with logits
     */
    float[] run(int serial, int position, int[] tokens, boolean answers);
  }

  /** At the beginning of a job without digests. */
  public StepCursor(int promptTokens, int maxTokens) {
    this(promptTokens, maxTokens, false);
  }

  /**
   * At the beginning of a job.
   *
   * @param digested whether what is answered is digested
   */
  public StepCursor(int promptTokens, int maxTokens, boolean digested) {
    this.plan = StepPlan.of(promptTokens, maxTokens, digested);
    this.promptTokens = promptTokens;
  }

  /** Whether a digest is next. */
  public boolean digestDue() {
    return plan.isDigest(serial);
  }

  /** Whether a digest may come next, as the last of all if it is not {@link #digestDue}. */
  public boolean mayDigest() {
    return plan.mayDigest(serial);
  }

  /** A digest takes the next step's place; what it covers. */
  public StepPlan.Window digested() {
    StepPlan.Window window = plan.window(serial);
    serial++;
    return window;
  }

  /**
   * Runs the steps that these tokens need: first the whole prompt, then one token at a time.
   *
   * @return the logits after the last of them, [vocab]
   * @throws IllegalArgumentException if another number of tokens is due, or none
   */
  public float[] run(int[] tokens, Step step) {
    int due = serial >= plan.steps() ? 0 : serial == 0 ? promptTokens : 1;
    if (tokens.length != due) {
      throw new IllegalArgumentException(tokens.length + " tokens where " + due + " are due");
    }
    float[] logits = {};
    for (int done = 0; done < tokens.length; ) {
      int n = plan.part(serial).tokens();
      int[] part = Arrays.copyOfRange(tokens, done, done + n);
      logits = step.run(serial, position, part, plan.answers(serial));
      serial++;
      position += n;
      done += n;
    }
    return logits;
  }

  /** The number of the next step. */
  public int serial() {
    return serial;
  }
}
