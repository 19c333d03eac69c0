package dev.sotto.models.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.models.ModelException;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufVocabularyTest {
  private static final long SEED = 5;

  @TempDir Path folder;

  private PublicPart part(GgufWriter w) throws IOException {
    try (GgufModel model = GgufModel.open(w.write(folder.resolve("m.gguf")))) {
      return model.publicPart();
    }
  }

  @Test
  void cutsTextAsTheNamedPreTokenizerDoes() throws IOException {
    // Merges that only the right cut allows: digits across a pair, a space before a number,
    // capitals of contractions.
    List<String> merges = List.of("1 2", "3 4", "12 34", "Ġ 1", "' L", "'L L", "Ċ Ċ");
    Map<String, List<String>> expected = new HashMap<>();
    expected.put("gpt-2", List.of("1234", "Ġ1", "'", "L", "L"));
    expected.put("smollm", List.of("1", "2", "3", "4", "Ġ", "1", "'", "L", "L"));
    expected.put("llama-bpe", List.of("12", "3", "4", "Ġ", "1", "'LL"));
    expected.put("qwen2", List.of("1", "2", "3", "4", "Ġ", "1", "'LL"));
    for (String pre : expected.keySet()) {
      GgufWriter w = vocabulary(merges).with("tokenizer.ggml.pre", pre);
      @SuppressWarnings("unchecked")
      List<String> tokens =
          (List<String>) Objects.requireNonNull(w.metadata.get("tokenizer.ggml.tokens"));
      try (Tokenizer tokenizer = part(w).tokenizer()) {
        List<String> got = new ArrayList<>();
        for (int id : tokenizer.encode("1234 1'LL", false)) {
          got.add(tokens.get(id));
        }
        assertThat(got).as(pre).isEqualTo(expected.get(pre));
      }
    }
  }

  private static GgufWriter vocabulary(List<String> merges) {
    GgufWriter w = TinyGguf.writer(SEED);
    List<String> tokens = new ArrayList<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
    for (int b = 0; b < 256; b++) {
      tokens.add(TinyGguf.byteLetter(b));
    }
    merges.forEach(m -> tokens.add(m.replace(" ", "")));
    return w.with("tokenizer.ggml.tokens", tokens).with("tokenizer.ggml.merges", merges);
  }

  @Test
  void putsTheBeginningWhereTheModelWantsIt() throws IOException {
    GgufWriter w = TinyGguf.writer(SEED).with("tokenizer.ggml.add_bos_token", true);
    try (Tokenizer tokenizer = part(w).tokenizer()) {
      assertThat(tokenizer.encode("hello", true)).hasSize(2).startsWith(1);
      assertThat(tokenizer.encode("hello", false)).hasSize(1);
    }
  }

  @Test
  void refusesByName() throws IOException {
    assertRefused(TinyGguf.writer(SEED).with("tokenizer.ggml.pre", "falcon"), "falcon");
    GgufWriter none = TinyGguf.writer(SEED);
    none.metadata.remove("tokenizer.ggml.pre");
    assertRefused(none, "tokenizer.ggml.pre");
    assertRefused(TinyGguf.writer(SEED).with("tokenizer.ggml.model", "t5"), "t5");
    assertRefused(TinyGguf.writer(SEED).with("tokenizer.ggml.eos_token_id", 4000), "eos_token_id");
    assertRefused(TinyGguf.writer(SEED).with("tokenizer.ggml.merges", List.of("a")), "merges");
    assertRefused(TinyGguf.writer(SEED).with("tokenizer.ggml.merges", List.of("z z")), "merges");
    assertRefused(TinyGguf.writer(SEED).with("tokenizer.ggml.tokens", List.of("a", "b")), "tokens");
  }

  private void assertRefused(GgufWriter w, String names) {
    assertThatThrownBy(() -> part(w).tokenizer().close())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(names);
  }

  @Test
  void sentencePiecesMergeTheBestPairFirst() throws IOException {
    Random random = new Random(SEED);
    GgufWriter w = TinyGguf.writer(SEED);
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    List<Integer> types = new ArrayList<>(List.of(2, 3, 3));
    for (int b = 0; b < 256; b++) {
      tokens.add("<0x%02X>".formatted(b));
      types.add(6);
    }
    // 259 so far; the tiny model has 266 rows, so give it an embedding of its own size below.
    List<String> pieces = new ArrayList<>(List.of("▁", "a", "b", "c", "d"));
    while (pieces.size() < 60) {
      String joined =
          pieces.get(random.nextInt(pieces.size())) + pieces.get(random.nextInt(pieces.size()));
      if (joined.length() <= 8 && !pieces.contains(joined)) {
        pieces.add(joined);
      }
    }
    tokens.addAll(pieces);
    float[] scores = new float[tokens.size()];
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      ranks.add(i);
    }
    Collections.shuffle(ranks, random);
    Map<String, Float> scoreOf = new HashMap<>();
    for (int i = 0; i < pieces.size(); i++) {
      types.add(1);
      scores[259 + i] = -ranks.get(i);
      scoreOf.put(pieces.get(i), scores[259 + i]);
    }
    w.with("tokenizer.ggml.model", "llama")
        .with("tokenizer.ggml.tokens", tokens)
        .with("tokenizer.ggml.scores", scores)
        .with("tokenizer.ggml.token_type", types.stream().mapToInt(i -> i).toArray());
    w.metadata.remove("tokenizer.ggml.add_bos_token");
    w.tensors.set(
        0,
        new GgufWriter.Tensor(
            "token_embd.weight",
            0,
            new long[] {TinyGguf.HIDDEN, tokens.size()},
            TinyGguf.floats(random, tokens.size() * TinyGguf.HIDDEN)));
    try (Tokenizer tokenizer = part(w).tokenizer()) {
      for (int n = 0; n < 300; n++) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(1, 20); i > 0; i--) {
          text.append("abcd ".charAt(random.nextInt(5)));
        }
        List<String> got = new ArrayList<>();
        for (int id : tokenizer.encode(text.toString(), false)) {
          got.add(tokens.get(id));
        }
        assertThat(got)
            .as(text.toString())
            .isEqualTo(bestFirst("▁" + text.toString().replace(' ', '▁'), scoreOf));
      }
      assertThat(tokenizer.encode("a", true)).startsWith(1);
      // A character without a piece comes as bytes, and comes back.
      assertThat(tokenizer.decode(tokenizer.encode("a é🙂 b", true))).isEqualTo("a é🙂 b");
      assertThat(tokenizer.ends()).containsExactly(2);
    }
  }

  /**
   * SentencePiece's own loop: join the neighbours whose joint piece scores best, leftmost first,
   * until none is left.
   */
  private static List<String> bestFirst(String text, Map<String, Float> scores) {
    List<String> symbols =
        new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
    while (true) {
      int best = -1;
      float bestScore = 0;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        Float score = scores.get(symbols.get(i) + symbols.get(i + 1));
        if (score != null && (best < 0 || score > bestScore)) {
          best = i;
          bestScore = score;
        }
      }
      if (best < 0) {
        return symbols;
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }
}
