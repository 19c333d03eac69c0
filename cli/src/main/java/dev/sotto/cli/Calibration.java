package dev.sotto.cli;

import dev.sotto.models.text.ChatMessage;
import dev.sotto.models.text.ChatTemplate;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.nn.ClearModel;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.Ranges;
import dev.sotto.nn.Ranges.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * How large a model's wires get over conversations of everyday kinds: recorded in the clear by the
 * publisher, held against the ring plan, and stored with the shards for every role to see.
 *
 * @param tokens how many were run
 * @param ranges what was seen
 */
record Calibration(int tokens, Ranges ranges) {
  /**
   * Questions with answers, of kinds that drive a model's values apart: prose, code, lists,
   * numbers.
   */
  private static final List<List<String>> CONVERSATIONS =
      List.of(
          List.of("What is the tallest mountain?", "Mount Everest, at 8,849 metres."),
          List.of(
              "Write a function that adds two numbers in Python.",
              "```python\ndef add(a, b):\n    return a + b\n```"),
          List.of("Übersetze: Good morning! 🙂", "Guten Morgen! 🙂"),
          List.of(
              "1, 1, 2, 3, 5, 8,",
              "13, 21, 34, 55, 89 … each number is the sum of the two before it."));

  /** Runs the model; heap: four bytes a weight. */
  static Calibration record(ClearModel model, PublicPart part, ProgressLine progress) {
    Ranges seen = null;
    int tokens = 0;
    int done = 0;
    for (int[] row : rows(part, model.config().context())) {
      progress.count("calibrating", done++, CONVERSATIONS.size());
      Ranges one = Ranges.record(model, new int[][] {row});
      seen = seen == null ? one : seen.with(one);
      tokens += row.length;
    }
    if (seen == null) {
      throw new CommandFailed("the model's tokenizer makes no token of any text");
    }
    return new Calibration(tokens, seen);
  }

  private static List<int[]> rows(PublicPart part, int context) {
    List<int[]> rows = new ArrayList<>();
    try (Tokenizer tokenizer = part.tokenizer()) {
      for (List<String> turns : CONVERSATIONS) {
        int[] ids = tokenize(part, tokenizer, turns);
        rows.add(ids.length <= context ? ids : java.util.Arrays.copyOf(ids, context));
      }
    }
    rows.removeIf(ids -> ids.length == 0);
    return rows;
  }

  private static int[] tokenize(PublicPart part, Tokenizer tokenizer, List<String> turns) {
    ChatTemplate template = part.template().orElse(null);
    if (template == null) {
      return tokenizer.encode(String.join("\n", turns), true);
    }
    List<ChatMessage> messages =
        List.of(ChatMessage.user(turns.get(0)), ChatMessage.assistant(turns.get(1)));
    return tokenizer.encode(template.render(messages, false), false);
  }

  /** Refuses a model that does not fit the ring plan with its margins, by the first wire's name. */
  void check(ModelConfig config) {
    RingPlan plan =
        RingPlan.of(
            config.hidden(),
            config.normEpsilon(),
            config.heads(),
            config.kvHeads(),
            config.headDim(),
            Math.min(config.context(), RingPlan.SERVED_CONTEXT));
    Map<String, Range> wires = ranges.wires();
    plan.limits()
        .forEach(
            (wire, limit) -> {
              Range seen = wires.get(wire);
              if (seen == null) {
                throw new IllegalStateException("the calibration has no wire " + wire);
              }
              if (seen.most() * RingPlan.margin(wire) > limit) {
                throw new CommandFailed(
                    ("the model does not fit the ring plan: wire %s reached %.4g, and %.4g is the"
                            + " most that leaves the margin of %.0f; it cannot be provisioned")
                        .formatted(
                            wire,
                            seen.most(),
                            limit / RingPlan.margin(wire),
                            RingPlan.margin(wire)));
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
