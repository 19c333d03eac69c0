package dev.sotto.client;

import static dev.sotto.client.InvalidParameter.inRange;

import java.util.Map;

/**
 * How tokens are chosen. Ranges are those of the OpenAI API where it has the field.
 *
 * @param temperature 0 to 2; 0 takes the largest logit
 * @param topK keeps this many of the likeliest tokens; 0 keeps all
 * @param topP keeps the smallest set of likeliest tokens whose probabilities reach this; above 0,
 *     to 1; 1 keeps all
 * @param repetitionPenalty 0.01 to 10; 1 is none. Divides positive and multiplies negative logits
 *     of tokens that occur in the prompt or the answer (Keskar et al., CTRL, arXiv 1909.05858,
 *     section 4.1)
 * @param frequencyPenalty −2 to 2; taken from a logit for every time that the answer has the token
 * @param presencePenalty −2 to 2; taken from a logit once if the answer has the token
 * @param logitBias added to logits, by token id; −100 to 100 each, at most {@value #MAX_BIASES}
 * @param seed of the draws: same seed, settings and logits, same tokens
 */
public record Sampling(
    double temperature,
    int topK,
    double topP,
    double repetitionPenalty,
    double frequencyPenalty,
    double presencePenalty,
    Map<Integer, Double> logitBias,
    long seed) {
  /** Most entries of a logit bias. */
  public static final int MAX_BIASES = 1024;

  /**
   * Checks every field.
   *
   * @throws InvalidParameter naming the first field that is out of range
   */
  public Sampling {
    inRange("temperature", temperature, 0, 2);
    if (topK < 0) {
      throw new InvalidParameter("topK", "must be 0 or more, was " + topK);
    }
    if (topP == 0) {
      throw new InvalidParameter("topP", "must be above 0, to 1.0, was 0.0");
    }
    inRange("topP", topP, 0, 1);
    inRange("repetitionPenalty", repetitionPenalty, 0.01, 10);
    inRange("frequencyPenalty", frequencyPenalty, -2, 2);
    inRange("presencePenalty", presencePenalty, -2, 2);
    if (logitBias.size() > MAX_BIASES) {
      throw new InvalidParameter(
          "logitBias",
          "must have at most %d entries, has %d".formatted(MAX_BIASES, logitBias.size()));
    }
    logitBias = Map.copyOf(logitBias);
    logitBias.values().forEach(bias -> inRange("logitBias", bias, -100, 100));
  }

  /** The largest logit, always. */
  public static Sampling greedy() {
    return new Sampling(0, 0, 1, 1, 0, 0, Map.of(), 0);
  }

  /** The same with another temperature. */
  public Sampling withTemperature(double value) {
    return new Sampling(
        value, topK, topP, repetitionPenalty, frequencyPenalty, presencePenalty, logitBias, seed);
  }

  /** The same with another number of candidates. */
  public Sampling withTopK(int value) {
    return new Sampling(
        temperature,
        value,
        topP,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        logitBias,
        seed);
  }

  /** The same with another mass of candidates. */
  public Sampling withTopP(double value) {
    return new Sampling(
        temperature,
        topK,
        value,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        logitBias,
        seed);
  }

  /** The same with another repetition penalty. */
  public Sampling withRepetitionPenalty(double value) {
    return new Sampling(
        temperature, topK, topP, value, frequencyPenalty, presencePenalty, logitBias, seed);
  }

  /** The same with other penalties on tokens of the answer. */
  public Sampling withPenalties(double frequency, double presence) {
    return new Sampling(
        temperature, topK, topP, repetitionPenalty, frequency, presence, logitBias, seed);
  }

  /** The same with another bias. */
  public Sampling withLogitBias(Map<Integer, Double> value) {
    return new Sampling(
        temperature, topK, topP, repetitionPenalty, frequencyPenalty, presencePenalty, value, seed);
  }

  /** The same with another seed. */
  public Sampling withSeed(long value) {
    return new Sampling(
        temperature,
        topK,
        topP,
        repetitionPenalty,
        frequencyPenalty,
        presencePenalty,
        logitBias,
        value);
  }
}
