package dev.sotto.models.format;

import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How byte-level models cut a text before they encode it, by the names that GGUF files use. The
 * cuts are those of the models' own {@code tokenizer.json}.
 */
enum PreTokenizer {
  /** GPT-2's expression as it is. */
  GPT2(null, false, "gpt-2, gpt2"),
  /** Every digit alone, then GPT-2's expression. */
  DIGITS(null, false, "smollm, starcoder, refact, command-r"),
  /** Llama 3's expression: up to three digits together, contractions in any case. */
  LLAMA3("\\p{N}{1,3}", true, "llama-bpe, llama3, llama-v3"),
  /** Llama 3's expression with single digits, after composing characters. */
  QWEN2("\\p{N}", false, "qwen2");

  private final @Nullable String numbers;
  private final boolean ignoresMerges;
  private final String names;

  PreTokenizer(@Nullable String numbers, boolean ignoresMerges, String names) {
    this.numbers = numbers;
    this.ignoresMerges = ignoresMerges;
    this.names = names;
  }

  /**
   * The one that a file names; others are refused, because a wrong cut gives wrong tokens silently.
   */
  static PreTokenizer named(String file, @Nullable String name) {
    return Arrays.stream(values())
        .filter(p -> p.called(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "%s: tokenizer.ggml.pre: %s is not read; take a model with one of: %s."
                        .formatted(
                            file,
                            name == null ? "nothing" : GgufFile.printable(name),
                            Arrays.stream(values())
                                .map(p -> p.names)
                                .collect(Collectors.joining(", ")))));
  }

  boolean called(@Nullable String name) {
    return name != null && List.of(names.split(", ", -1)).contains(name);
  }

  /** Whether a piece that is a token itself is taken whole. */
  boolean ignoresMerges() {
    return ignoresMerges;
  }

  @Nullable ObjectNode normalizer() {
    return this == QWEN2 ? StrictJson.empty().put("type", "NFC") : null;
  }

  ObjectNode json() {
    ObjectNode bytes =
        StrictJson.empty()
            .put("type", "ByteLevel")
            .put("add_prefix_space", false)
            .put("trim_offsets", true)
            .put("use_regex", numbers == null);
    if (this == GPT2) {
      return bytes;
    }
    ObjectNode sequence = StrictJson.empty().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    if (numbers == null) {
      steps.addObject().put("type", "Digits").put("individual_digits", true);
    } else {
      ObjectNode split = steps.addObject().put("type", "Split");
      split
          .putObject("pattern")
          .put(
              "Regex",
              "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
                  + numbers
                  + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
      split.put("behavior", "Isolated").put("invert", false);
    }
    steps.add(bytes);
    return sequence;
  }
}
