package dev.sotto.models;

import dev.sotto.models.json.StrictJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the real model says to eight prompts, computed elsewhere.
 *
 * @param prompt what the user says
 * @param promptIds through template and tokenizer
 * @param completionIds the greedy answer
 * @param text the answer's text
 * @param top3Ids the three likeliest tokens per step
 * @param top3Logits their logits
 */
public record Golden(
    String prompt,
    List<Integer> promptIds,
    List<Integer> completionIds,
    String text,
    List<List<Integer>> top3Ids,
    List<List<Double>> top3Logits) {

  /** All of them, from the repository's {@code testdata}. */
  public static List<Golden> all() {
    List<Golden> out = new ArrayList<>();
    for (JsonNode n : JsonMapper.shared().readTree(StrictJson.bytes(file()))) {
      out.add(
          new Golden(
              n.path("prompt").stringValue(),
              ints(n.path("prompt_ids")),
              ints(n.path("completion_ids")),
              n.path("text").stringValue(),
              n.path("top3_ids").valueStream().map(Golden::ints).toList(),
              n.path("top3_logits")
                  .valueStream()
                  .map(row -> row.valueStream().map(JsonNode::doubleValue).toList())
                  .toList()));
    }
    return out;
  }

  /** How much better the best token is than the next. */
  double margin(int step) {
    return top3Logits.get(step).get(0) - top3Logits.get(step).get(1);
  }

  int[] promptTokens() {
    return promptIds.stream().mapToInt(Integer::intValue).toArray();
  }

  int[] completion() {
    return completionIds.stream().mapToInt(Integer::intValue).toArray();
  }

  private static List<Integer> ints(JsonNode list) {
    return list.valueStream().map(JsonNode::intValue).toList();
  }

  private static Path file() {
    Path file = Path.of("testdata", "smollm2-135m-instruct", "golden.json");
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      if (Files.isRegularFile(p.resolve(file))) {
        return p.resolve(file);
      }
    }
    throw new AssertionError(file + " is in no folder above this one");
  }
}
