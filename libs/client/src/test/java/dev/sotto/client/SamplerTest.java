package dev.sotto.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float NAN = Float.NaN;
  private static final Sampling WARM = Sampling.greedy().withTemperature(1).withSeed(42);

  private static int greedy(float... logits) {
    return new Sampler(Sampling.greedy(), logits.length, new int[0]).next(logits);
  }

  @Test
  void greedyTakesTheLargestAndTheFirstOfEquals() {
    assertThat(greedy(1, 3, 2)).isEqualTo(1);
    assertThat(greedy(1, 3, 3)).isEqualTo(1);
    assertThat(greedy(-0f, 0f)).isEqualTo(0);
    assertThat(greedy(NAN, -5, NAN)).isEqualTo(1);
    assertThat(greedy(1, Float.POSITIVE_INFINITY, 2)).isEqualTo(1);
    assertThat(greedy(Float.NEGATIVE_INFINITY, -5)).isEqualTo(1);
    assertThat(greedy(NAN, Float.NEGATIVE_INFINITY)).isEqualTo(1);
  }

  @Test
  void logitsWithoutANumberOrOfAnotherLengthAreRefused() {
    Sampler sampler = new Sampler(WARM, 3, new int[0]);
    assertThatThrownBy(() -> sampler.next(new float[] {NAN, NAN, NAN}))
        .hasMessageContaining("no logit is a number");
    assertThatThrownBy(() -> sampler.next(new float[2]))
        .hasMessage("there must be 3 logits, there are 2");
    assertThat(sampler.toString()).isEqualTo("Sampler(vocab 3)");
  }

  @Test
  void frequenciesFollowTheSoftmax() {
    float[] logits = {0, 1, 2, -1, NAN};
    double[] share = shares(WARM, logits);
    double total = 1 + Math.E + Math.exp(2) + Math.exp(-1);
    for (int t = 0; t < 4; t++) {
      assertThat(share[t]).isCloseTo(Math.exp(logits[t]) / total, within(0.01));
    }
    assertThat(share[4]).isZero();
  }

  @Test
  void temperatureSharpensAndFlattens() {
    float[] logits = {0, 1};
    assertThat(shares(WARM.withTemperature(0.5), logits)[1])
        .isCloseTo(1 / (1 + Math.exp(-2)), within(0.01));
    assertThat(shares(WARM.withTemperature(2), logits)[1])
        .isCloseTo(1 / (1 + Math.exp(-0.5)), within(0.01));
  }

  @Test
  void topKKeepsTheLikeliest() {
    double[] share = shares(WARM.withTopK(2), new float[] {1, 2, 2, 2, 0});
    assertThat(share[1]).isCloseTo(0.5, within(0.01));
    assertThat(share[2]).isCloseTo(0.5, within(0.01));
    assertThat(share[0] + share[3] + share[4]).isZero();
    assertThat(shares(WARM.withTopK(1), new float[] {1, 2})[1]).isEqualTo(1);
    assertThat(shares(WARM.withTopK(99), new float[] {1, 1})[1]).isCloseTo(0.5, within(0.01));
  }

  @Test
  void topPKeepsTheSmallestSetThatReachesIt() {
    float[] logits = {(float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.2)};
    assertThat(shares(WARM.withTopP(0.49), logits)).containsExactly(1, 0, 0);
    double[] two = shares(WARM.withTopP(0.7), logits);
    assertThat(two[0]).isCloseTo(0.625, within(0.01));
    assertThat(two[2]).isZero();
    assertThat(shares(WARM.withTopP(0.81), logits)[2]).isCloseTo(0.2, within(0.01));
    assertThat(shares(WARM.withTopP(1e-9), logits)).containsExactly(1, 0, 0);
  }

  @Test
  void repetitionPenaltyCountsPromptAndAnswer() {
    Sampling twice = Sampling.greedy().withRepetitionPenalty(2);
    Sampler sampler = new Sampler(twice, 3, new int[] {0});
    assertThat(sampler.next(new float[] {3, 2, 1})).isEqualTo(1); // 1.5 2 1
    assertThat(sampler.next(new float[] {3, 2, 1})).isEqualTo(0); // 1.5 1 1
    Sampler negative = new Sampler(twice, 2, new int[] {0});
    assertThat(negative.next(new float[] {-1, -1.5f})).isEqualTo(1); // −2 −1.5
  }

  @Test
  void frequencyAndPresenceCountTheAnswerOnly() {
    Sampler frequency =
        new Sampler(Sampling.greedy().withPenalties(0.6, 0), 2, new int[] {0, 0, 0});
    float[] logits = {2, 1};
    assertThat(frequency.next(logits)).isZero(); // 2 1
    assertThat(frequency.next(logits)).isZero(); // 1.4 1
    assertThat(frequency.next(logits)).isEqualTo(1); // 0.8 1
    Sampler presence = new Sampler(Sampling.greedy().withPenalties(0, 0.9), 2, new int[0]);
    for (int i = 0; i < 5; i++) {
      assertThat(presence.next(logits)).isZero(); // 1.1 1, however often
    }
    Sampler forced = new Sampler(Sampling.greedy().withPenalties(0, 1.5), 2, new int[0]);
    forced.accept(0);
    assertThat(forced.next(logits)).isEqualTo(1);
  }

  @Test
  void biasForcesAndForbids() {
    Sampling bias = Sampling.greedy().withLogitBias(Map.of(2, 100.0, 0, -100.0));
    assertThat(new Sampler(bias, 3, new int[0]).next(new float[] {50, 10, -20})).isEqualTo(2);
    assertThatThrownBy(() -> new Sampler(bias, 2, new int[0]))
        .isInstanceOf(InvalidParameter.class)
        .hasMessage("logitBias must name tokens 0 to 1, names 2");
  }

  @Test
  void theSameSeedGivesTheSameTokens() {
    float[] logits = new float[1000];
    int[] first = tokens(WARM.withSeed(7), logits);
    assertThat(tokens(WARM.withSeed(7), logits)).isEqualTo(first);
    assertThat(tokens(WARM.withSeed(8), logits)).isNotEqualTo(first);
    assertThat(logits).containsOnly(0f);
  }

  /** Frozen: a change of generator or order would change what a stored seed means. */
  @Test
  void aSeedKeepsItsMeaning() {
    float[] logits = new float[10];
    int[] tokens = tokens(WARM.withSeed(2026), logits);
    assertThat(tokens).startsWith(KNOWN);
  }

  private static final int[] KNOWN = {4, 5, 0, 6, 0, 7, 1, 4, 1, 8, 4, 1, 4, 8, 9};

  @Test
  void everyFieldIsCheckedByName() {
    Sampling ok = Sampling.greedy();
    for (double bad : new double[] {-0.1, 2.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> ok.withTemperature(bad))
          .isInstanceOf(InvalidParameter.class)
          .hasMessage("temperature must be 0.0 to 2.0, was " + bad);
    }
    assertThatThrownBy(() -> ok.withTopP(0)).hasMessage("topP must be above 0, to 1.0, was 0.0");
    assertThatThrownBy(() -> ok.withTopP(1.1)).hasMessage("topP must be 0.0 to 1.0, was 1.1");
    assertThatThrownBy(() -> ok.withTopK(-1)).hasMessage("topK must be 0 or more, was -1");
    for (double bad : new double[] {0, 0.001, 11, Double.NaN}) {
      assertThatThrownBy(() -> ok.withRepetitionPenalty(bad))
          .hasMessage("repetitionPenalty must be 0.01 to 10.0, was " + bad);
    }
    assertThatThrownBy(() -> ok.withPenalties(3, 0)).hasMessageStartingWith("frequencyPenalty");
    assertThatThrownBy(() -> ok.withPenalties(0, Double.NaN))
        .hasMessageStartingWith("presencePenalty");
    assertThatThrownBy(() -> ok.withLogitBias(Map.of(1, 101.0)))
        .hasMessage("logitBias must be -100.0 to 100.0, was 101.0");
    assertThatThrownBy(() -> ok.withTopP(-1))
        .isInstanceOfSatisfying(
            InvalidParameter.class, e -> assertThat(e.field()).isEqualTo("topP"));
  }

  private static int[] tokens(Sampling settings, float[] logits) {
    Sampler sampler = new Sampler(settings, logits.length, new int[0]);
    int[] tokens = new int[50];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = sampler.next(logits);
    }
    return tokens;
  }

  /** 40,000 draws: a share's standard deviation is at most 0.0025, a quarter of what is allowed. */
  private static double[] shares(Sampling settings, float[] logits) {
    Sampler sampler = new Sampler(settings, logits.length, new int[0]);
    double[] shares = new double[logits.length];
    for (int i = 0; i < 40_000; i++) {
      shares[sampler.next(logits)] += 1 / 40_000.0;
    }
    for (int t = 0; t < shares.length; t++) {
      shares[t] = Math.round(shares[t] * 40_000) / 40_000.0;
    }
    return shares;
  }
}
