package dev.sotto.embedded.clients;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One of the prompts that the real model has answered elsewhere, in the clear.
 *
 * @param prompt what the user says
 * @param promptIds through template and tokenizer
 * @param completionIds the greedy answer, its end included
 * @param margins by how many logits each step's best token leads, [completion]
 */
record Golden(
    String prompt, List<Integer> promptIds, List<Integer> completionIds, List<Double> margins) {
  /** A lead that the rounding of shares cannot turn. */
  static final double SURE = 0.5;

  /** All of them, from the repository's {@code testdata}. */
  static List<Golden> all() {
    return JsonMapper.shared()
        .readTree(file().toFile())
        .valueStream()
        .map(
            n ->
                new Golden(
                    n.path("prompt").stringValue(),
                    ints(n.path("prompt_ids")),
                    ints(n.path("completion_ids")),
                    n.path("top3_logits")
                        .valueStream()
                        .map(top -> top.path(0).doubleValue() - top.path(1).doubleValue())
                        .toList()))
        .toList();
  }

  /** The one whose whole answer is sure. */
  static Golden sure() {
    return all().stream()
        .filter(golden -> golden.sureFrom(0) == golden.completionIds().size())
        .findFirst()
        .orElseThrow();
  }

  /** How many steps from {@code start} on are sure, one after the other. */
  int sureFrom(int start) {
    int end = start;
    while (end < margins.size() && margins.get(end) > SURE) {
      end++;
    }
    return end - start;
  }

  /** The first step that begins {@code steps} sure ones. */
  int firstSure(int steps) {
    int start = 0;
    while (sureFrom(start) < steps) {
      start++;
    }
    return start;
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
