package dev.sotto.cli.bench;

/**
 * How close logits under sharing come to those in the clear, over steps that were fed the same
 * tokens. Holds no logits, only what they differ by.
 */
public final class Fidelity {
  /** A step is sure where the best token leads the next by more than this in the clear. */
  public static final double SURE_MARGIN = 0.5;

  private int steps;
  private int same;
  private int sure;
  private int sureAndSame;
  private double divergence;
  private double worstDivergence;
  private double worstError;

  /**
   * Counts one step.
   *
   * @param clear logits in the clear, [vocab]
   * @param shared logits that were opened, [vocab]
   */
  public void add(float[] clear, float[] shared) {
    if (clear.length != shared.length || clear.length < 2) {
      throw new IllegalArgumentException(
          "logits of %d and of %d tokens".formatted(clear.length, shared.length));
    }
    int best = best(clear);
    boolean equal = best == best(shared);
    steps++;
    same += equal ? 1 : 0;
    if (margin(clear, best) > SURE_MARGIN) {
      sure++;
      sureAndSame += equal ? 1 : 0;
    }
    for (int i = 0; i < clear.length; i++) {
      worstError = Math.max(worstError, Math.abs((double) clear[i] - shared[i]));
    }
    double d = divergence(clear, shared);
    divergence += d;
    worstDivergence = Math.max(worstDivergence, d);
  }

  /** Steps counted. */
  public int steps() {
    return steps;
  }

  /** The part of all steps in which the likeliest token is the same; 1 if there was no step. */
  public double sameToken() {
    return steps == 0 ? 1 : (double) same / steps;
  }

  /** Sure steps in which the likeliest token is another. */
  public int sureButOther() {
    return sure - sureAndSame;
  }

  /** Sure steps. */
  public int sure() {
    return sure;
  }

  /** Mean over steps of the Kullback-Leibler divergence of the shared from the clear, in nats. */
  public double meanDivergence() {
    return steps == 0 ? 0 : divergence / steps;
  }

  /** The largest divergence of any step. */
  public double worstDivergence() {
    return worstDivergence;
  }

  /** The largest difference of any logit. */
  public double worstError() {
    return worstError;
  }

  static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  private static double margin(float[] logits, int best) {
    float second = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      second = i == best ? second : Math.max(second, logits[i]);
    }
    return (double) logits[best] - second;
  }

  private static double divergence(float[] p, float[] q) {
    double logP = logSum(p);
    double logQ = logSum(q);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double a = p[i] - logP;
      sum += Math.exp(a) * (a - (q[i] - logQ));
    }
    return sum;
  }

  private static double logSum(float[] logits) {
    float most = logits[best(logits)];
    double sum = 0;
    for (float x : logits) {
      sum += Math.exp((double) x - most);
    }
    return most + Math.log(sum);
  }

  @Override
  public String toString() {
    return "Fidelity[%d steps, %.4f same, divergence %.3g, error %.3g]"
        .formatted(steps, sameToken(), meanDivergence(), worstError);
  }
}
