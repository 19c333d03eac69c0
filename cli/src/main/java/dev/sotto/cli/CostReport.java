package dev.sotto.cli;

import dev.sotto.client.lane.LaneUsage;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What an answer cost, by link and per decoded token.
 *
 * @param prefill the job's cost when the prompt was read
 * @param total the job's cost at its end
 * @param decoded tokens that were decoded after the first
 */
record CostReport(LaneUsage prefill, LaneUsage total, int decoded) {
  private LaneUsage decode() {
    return total.since(prefill);
  }

  private long perToken(long sum) {
    return decoded == 0 ? 0 : Math.round((double) sum / decoded);
  }

  /** As {@code --json} prints it. */
  Map<String, Object> facts() {
    LaneUsage d = decode();
    Map<String, Object> links = new LinkedHashMap<>();
    links.put("dealer>e0", 0);
    links.put("dealer>e1", perToken(d.dealerToEvaluator1()));
    links.put("e0>e1", perToken(d.evaluator0ToEvaluator1()));
    links.put("e1>e0", perToken(d.evaluator1ToEvaluator0()));
    links.put("enclave>nodes", perToken(d.enclaveToNodes()));
    links.put("nodes>enclave", perToken(d.nodesToEnclave()));
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("rounds_per_token", perToken(d.rounds()));
    facts.put("bytes_per_token", links);
    facts.put("prefill_bytes", prefill.bytes());
    return facts;
  }

  /** For a person. */
  String sentence(Map<String, Double> seconds) {
    LaneUsage d = decode();
    return String.format(
        Locale.ROOT,
        "sotto: %.1f s for the prompt, %.2f s a token, %,d rounds a token; a token's kB: dealer>e0 0, dealer>e1 %,d, e0>e1 %,d,"
            + " e1>e0 %,d, enclave>nodes %,d, nodes>enclave %,d",
        seconds.getOrDefault("prefill", 0.0),
        seconds.getOrDefault("decode_per_token", 0.0),
        perToken(d.rounds()),
        perToken(d.dealerToEvaluator1()) / 1000,
        perToken(d.evaluator0ToEvaluator1()) / 1000,
        perToken(d.evaluator1ToEvaluator0()) / 1000,
        perToken(d.enclaveToNodes()) / 1000,
        perToken(d.nodesToEnclave()) / 1000);
  }
}
