package dev.sotto.client;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Chooses one token after the other from opened logits. In this order: repetition penalty,
 * frequency and presence penalties, logit bias, temperature, top-k, top-p, one draw.
 *
 * <p>Equal logits go by token id, the lowest first, so a run is repeatable. A logit that is not a
 * number counts as minus infinity; infinite ones count as ±10^30. Draws come from {@code
 * L64X128MixRandom} under the settings' seed, one a token (none where the temperature is 0): a
 * generator that anyone can repeat, which is its point, and nothing here is a secret from the
 * caller.
 *
 * <p>Plaintext: an instance holds what the caller said and was told. Not thread-safe.
 */
public final class Sampler {
  private static final float FAR = 1e30f;

  private final Sampling settings;
  private final RandomGenerator random;
  private final boolean[] seen;
  private final int[] answered;
  private final float[] adjusted;
  private final long[] order;

  /**
   * A sampler for one answer.
   *
   * @param vocab length of every logits array, 1 or more
   * @param prompt token ids of the prompt, for the repetition penalty
   * @throws InvalidParameter if the settings' bias names a token outside the vocabulary
   */
  public Sampler(Sampling settings, int vocab, int[] prompt) {
    this.settings = settings;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(settings.seed());
    this.seen = new boolean[vocab];
    this.answered = new int[vocab];
    this.adjusted = new float[vocab];
    this.order = new long[vocab];
    for (int token : settings.logitBias().keySet()) {
      if (token < 0 || token >= vocab) {
        throw new InvalidParameter(
            "logitBias", "must name tokens 0 to %d, names %d".formatted(vocab - 1, token));
      }
    }
    for (int token : prompt) {
      seen[checked(token)] = true;
    }
  }

  /**
   * Chooses a token and remembers it for the penalties.
   *
   * @param logits [vocab], left as they are
   * @throws IllegalArgumentException if the length is another or no logit is a number
   */
  public int next(float[] logits) {
    if (logits.length != adjusted.length) {
      throw new IllegalArgumentException(
          "there must be %d logits, there are %d".formatted(adjusted.length, logits.length));
    }
    adjust(logits);
    int token = settings.temperature() == 0 ? largest() : draw();
    accept(token);
    return token;
  }

  /** Counts a token of the answer that was not chosen here. */
  public void accept(int token) {
    seen[checked(token)] = true;
    answered[token]++;
  }

  private int checked(int token) {
    if (token < 0 || token >= seen.length) {
      throw new IllegalArgumentException("a token id lies outside 0.." + (seen.length - 1));
    }
    return token;
  }

  private void adjust(float[] logits) {
    float repetition = (float) settings.repetitionPenalty();
    boolean any = false;
    for (int t = 0; t < logits.length; t++) {
      float v = logits[t];
      if (Float.isNaN(v)) {
        adjusted[t] = Float.NEGATIVE_INFINITY;
        continue;
      }
      any = true;
      v = Math.clamp(v, -FAR, FAR);
      if (seen[t]) {
        v = v > 0 ? v / repetition : v * repetition;
      }
      if (answered[t] > 0) {
        v -= (float) (settings.frequencyPenalty() * answered[t] + settings.presencePenalty());
      }
      adjusted[t] = v;
    }
    if (!any) {
      throw new IllegalArgumentException("no logit is a number; the step must be run again");
    }
    settings.logitBias().forEach((token, bias) -> adjusted[token] += bias.floatValue());
  }

  private int largest() {
    int best = 0;
    for (int t = 1; t < adjusted.length; t++) {
      if (adjusted[t] > adjusted[best]) {
        best = t;
      }
    }
    return best;
  }

  private int draw() {
    sort();
    int n = adjusted.length;
    if (settings.topK() > 0) {
      n = Math.min(n, settings.topK());
    }
    double[] weight = new double[n];
    double top = adjusted[(int) order[0]];
    double total = 0;
    for (int i = 0; i < n; i++) {
      weight[i] = Math.exp((adjusted[(int) order[i]] - top) / settings.temperature());
      total += weight[i];
    }
    if (settings.topP() < 1) {
      double enough = settings.topP() * total;
      double kept = 0;
      int i = 0;
      while (i < n && kept < enough) {
        kept += weight[i++];
      }
      n = Math.max(1, i);
      total = kept;
    }
    double left = random.nextDouble() * total;
    for (int i = 0; i < n; i++) {
      left -= weight[i];
      if (left < 0) {
        return (int) order[i];
      }
    }
    return (int) order[lastPossible(weight, n)]; // rounding ate the last sliver
  }

  private static int lastPossible(double[] weight, int n) {
    int i = n - 1;
    while (weight[i] == 0) {
      i--;
    }
    return i;
  }

  /** Token ids by falling logit, equal ones by rising id: as sortable bits above the id. */
  private void sort() {
    for (int t = 0; t < adjusted.length; t++) {
      int bits = Float.floatToIntBits(adjusted[t] + 0f); // −0 and 0 are equal
      int rising = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
      order[t] = ((long) ~rising << 32) | t;
    }
    Arrays.sort(order);
  }

  @Override
  public String toString() {
    return "Sampler(vocab " + seen.length + ")";
  }
}
