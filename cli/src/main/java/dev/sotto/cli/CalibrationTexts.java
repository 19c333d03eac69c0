package dev.sotto.cli;

import dev.sotto.models.text.ChatMessage;
import dev.sotto.models.text.ChatTemplate;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a model is calibrated with: short conversations of kinds that drive a model's values apart,
 * one long one of all of them, and single tokens, because a sequence's first token is where a
 * model's values are largest.
 *
 * @param prompts token ids, one row a sequence
 * @param firstTokens tokens that are a sequence each
 */
record CalibrationTexts(List<int[]> prompts, int[] firstTokens) {
  private static final int LONGEST = 384; // tokens of the long conversation
  private static final int MOST_SPECIAL = 64;
  private static final int SAMPLED = 16;

  private static final List<List<String>> CONVERSATIONS =
      List.of(
          List.of("What is the tallest mountain?", "Mount Everest, at 8,849 metres."),
          List.of(
              "Write a function that adds two numbers in Python.",
              "```python\ndef add(a, b):\n    return a + b\n```"),
          List.of("Übersetze: Good morning! 🙂", "Guten Morgen! 🙂"),
          List.of(
              "1, 1, 2, 3, 5, 8,",
              "13, 21, 34, 55, 89 … each number is the sum of the two before it."),
          List.of(
              "for (int i = 0; i < n; i++) { sum += a[i] * b[i]; }",
              "#include <stdio.h>\nint main(void) {\n\tprintf(\"%d\\n\", 42);\n\treturn 0;\n}"),
          List.of("法国的首都是哪里？", "法国的首都是巴黎。"),
          List.of("Где находится Байкал?", "В Сибири, на юге Восточной Сибири."),
          List.of("ما هي عاصمة مصر؟", "عاصمة مصر هي القاهرة."),
          List.of("日本で一番高い山は何ですか。", "富士山です。標高は3,776メートルです。"),
          List.of(
              "Solve x² − 5x + 6 = 0.",
              "(x − 2)(x − 3) = 0, so x = 2 or x = 3. ∎ \\frac{a}{b} ≤ √2"),
          List.of("AAAAAAAAAAAAAAAAAAAAAAAA", "\n\n\n\n        \t\t\t   \n\n"),
          List.of(
              "{\"id\": 17, \"tags\": [\"a\", null], \"ok\": true}",
              "<html><body class=\"x\">&amp;</body></html>"),
          List.of(
              "Dear Sir or Madam, I regret to inform you that the shipment of 12,000 units, ref."
                  + " #A-4471/b, was delayed by the storm.",
              "Thank you for letting us know. Please send the revised date of delivery to"
                  + " orders@example.com, and keep the invoice open until then."));

  /** Those that a model's tokenizer makes, none longer than its context. */
  static CalibrationTexts of(PublicPart part, int context) {
    ChatTemplate template = part.template().orElse(null);
    try (Tokenizer tokenizer = part.tokenizer()) {
      List<int[]> rows = new ArrayList<>();
      for (List<String> turns : CONVERSATIONS) {
        rows.add(tokens(tokenizer, template, turns));
      }
      List<String> all = CONVERSATIONS.stream().flatMap(List::stream).toList();
      int[] whole = tokens(tokenizer, template, all);
      rows.add(Arrays.copyOf(whole, Math.min(LONGEST, whole.length)));
      rows.removeIf(ids -> ids.length == 0);
      rows.replaceAll(ids -> ids.length <= context ? ids : Arrays.copyOf(ids, context));
      return new CalibrationTexts(rows, firstTokens(tokenizer));
    }
  }

  private static int[] tokens(
      Tokenizer tokenizer, @Nullable ChatTemplate template, List<String> turns) {
    if (template == null) {
      return tokenizer.encode(String.join("\n", turns), true);
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      String turn = turns.get(i);
      messages.add(i % 2 == 0 ? ChatMessage.user(turn) : ChatMessage.assistant(turn));
    }
    return tokenizer.encode(template.render(messages, false), false);
  }

  /** Special tokens, and some of the others, evenly spaced. */
  private static int[] firstTokens(Tokenizer tokenizer) {
    TreeSet<Integer> ids = new TreeSet<>(tokenizer.ends());
    tokenizer.begin().ifPresent(ids::add);
    IntStream.range(0, tokenizer.size())
        .filter(tokenizer::special)
        .limit(MOST_SPECIAL)
        .forEach(ids::add);
    for (int i = 0; i < SAMPLED; i++) {
      ids.add((int) ((long) i * tokenizer.size() / SAMPLED));
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** How many tokens pass the model. */
  int tokens() {
    return prompts.stream().mapToInt(row -> row.length).sum() + firstTokens.length;
  }
}
