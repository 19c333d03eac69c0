package dev.sotto.cli;

import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.nn.ColumnBounds;
import dev.sotto.nn.LayerwiseLogits;
import dev.sotto.nn.LayerwiseRanges;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.Ranges;
import dev.sotto.nn.Ranges.Range;
import dev.sotto.nn.Weights;
import dev.sotto.node.Node;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * How large a model's wires get over conversations of everyday kinds: recorded in the clear by the
 * publisher, held against the ring plan, and stored with the shards for every role to see.
 *
 * @param tokens how many were run
 * @param ranges what was seen
 */
record Calibration(int tokens, Ranges ranges) {
  /** Hidden values of all first tokens that pass together; a layer's own are far fewer. */
  private static final long THOROUGH_BYTES = 512L << 20;

  /**
   * Runs the model over {@link CalibrationTexts}; heap: one layer of weights.
   *
   * @param weights open
   * @param thorough whether to run every token of the vocabulary as a prompt of its own, too
   * @param logits takes those of the texts' prompts
   */
  static Calibration record(
      ModelConfig config,
      Weights weights,
      CalibrationTexts texts,
      boolean thorough,
      LayerwiseLogits.Sink logits,
      ProgressLine progress) {
    Ranges seen =
        LayerwiseRanges.record(
            config,
            weights,
            texts.prompts().toArray(int[][]::new),
            texts.firstTokens(),
            (done, total) -> progress.count("calibrating, layer", done, total),
            logits);
    if (!thorough) {
      return new Calibration(texts.tokens(), seen);
    }
    int most = (int) Math.max(1, THOROUGH_BYTES / (Double.BYTES * (long) config.hidden()));
    for (int from = 0; from < config.vocab(); from += most) {
      int[] some = IntStream.range(from, Math.min(from + most, config.vocab())).toArray();
      String what = "first tokens from %,d of %,d, layer".formatted(from, config.vocab());
      seen =
          seen.with(
              LayerwiseRanges.record(
                  config,
                  weights,
                  new int[0][],
                  some,
                  (done, total) -> progress.count(what, done, total)));
    }
    return new Calibration(texts.tokens() + config.vocab(), seen);
  }

  /**
   * How near each wire is to its limit: what was seen times its margin, or what it can reach at all
   * where that is less, over the limit. At most 1 where the model fits.
   *
   * @param bounds what wires can reach whatever the prompt, as far as that is known
   */
  SequencedMap<String, Double> use(
      ModelConfig config, PrecisionProfile precision, Map<String, Double> bounds) {
    Map<String, Range> wires = ranges.wires();
    SequencedMap<String, Double> use = new LinkedHashMap<>();
    Node.plan(config)
        .limits(precision == PrecisionProfile.MIXED)
        .forEach(
            (wire, limit) -> {
              Range seen = wires.get(wire);
              if (seen == null) {
                throw new IllegalStateException("the calibration has no wire " + wire);
              }
              double reach = seen.most() * RingPlan.margin(wire);
              Double bound = bounds.get(wire);
              if (bound != null && (wire.equals("embed") || bound < reach)) {
                reach = bound; // what the embedding holds is its bound, whatever of it was seen
              }
              use.put(wire, reach / limit);
            });
    return use;
  }

  /**
   * The profile that this model is cut for: {@link PrecisionProfile#MIXED} if it fits, with the
   * margins or because its weights allow no more. CommandFailed if it fits none.
   */
  PrecisionProfile precision(ModelConfig config, Weights weights) {
    Map<String, Double> bounds = new LinkedHashMap<>(ColumnBounds.feedForward(config, weights));
    bounds.put("embed", ColumnBounds.embedding(config, weights));
    boolean fits =
        use(config, PrecisionProfile.MIXED, bounds).values().stream().allMatch(part -> part <= 1);
    if (fits) {
      return PrecisionProfile.MIXED;
    }
    check(config);
    return PrecisionProfile.WIDE;
  }

  /** Refuses a model that does not fit the ring plan with its margins, by the first wire's name. */
  void check(ModelConfig config) {
    use(config, PrecisionProfile.WIDE, Map.of())
        .forEach(
            (wire, part) -> {
              if (!(part <= 1)) {
                double most = ranges.wire(wire).most();
                throw new CommandFailed(
                    ("the model does not fit the ring plan: wire %s reached %.4g, and %.4g is the"
                            + " most that leaves the margin of %.0f; it cannot be provisioned")
                        .formatted(wire, most, most / part, RingPlan.margin(wire)));
              }
            });
  }

  /** For the shards: UTF-8 JSON, maxima only. */
  byte[] encoded() {
    Map<String, double[]> places = new LinkedHashMap<>();
    ranges
        .places()
        .forEach((at, range) -> places.put(at, new double[] {range.least(), range.most()}));
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("format", 1);
    all.put("tokens", tokens);
    all.put("places", places);
    return JsonMapper.shared().writeValueAsBytes(all);
  }
}
