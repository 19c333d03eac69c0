package dev.sotto.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One of the prompts that the real model has answered elsewhere.
 *
 * @param promptTokens through template and tokenizer
 * @param completion the greedy answer, its end included
 * @param margins by how much each step's best token leads, [completion]
 */
record Golden(int[] promptTokens, int[] completion, double[] margins) {
  /** The prompt that says {@code text}, from the repository's {@code testdata}. */
  static Golden of(String text) {
    for (JsonNode n : JsonMapper.shared().readTree(file().toFile())) {
      if (n.path("prompt").stringValue().equals(text)) {
        return new Golden(
            ints(n.path("prompt_ids")),
            ints(n.path("completion_ids")),
            n.path("top3_logits")
                .valueStream()
                .mapToDouble(top -> top.path(0).doubleValue() - top.path(1).doubleValue())
                .toArray());
      }
    }
    throw new AssertionError("no golden prompt says " + text);
  }

  private static int[] ints(JsonNode list) {
    return list.valueStream().mapToInt(JsonNode::intValue).toArray();
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
