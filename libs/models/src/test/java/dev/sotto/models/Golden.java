package dev.sotto.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * One prompt of the reference data: greedy decoding by Transformers, float32, of the dequantised
 * file.
 *
 * @param text the completion as text
 * @param top3Ids [steps][3], best first
 * @param top3Logits [steps][3]
 */
record Golden(
    String prompt,
    List<Integer> promptIds,
    List<Integer> completionIds,
    String text,
    List<List<Integer>> top3Ids,
    List<List<Double>> top3Logits) {

  private static final Path DATA = Path.of("shared", "data", "smollm2-135m-instruct");

  /** All prompts. The data lies in a folder {@code shared} beside the checkout or above it. */
  static List<Golden> all() {
    JsonMapper json =
        JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
    return List.of(json.readValue(file().toFile(), Golden[].class));
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

  @Override
  public String toString() {
    return prompt;
  }

  private static Path file() {
    Path here = Path.of("").toAbsolutePath();
    for (@Nullable Path folder = here; folder != null; folder = folder.getParent()) {
      Path file = folder.resolve(DATA).resolve("golden.json");
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new IllegalStateException(
        "The reference data is missing: put "
            + DATA.resolve("golden.json")
            + " into the checkout's parent folder.");
  }
}
