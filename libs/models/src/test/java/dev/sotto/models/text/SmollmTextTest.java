package dev.sotto.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.sotto.models.Golden;
import dev.sotto.models.ModelException;
import dev.sotto.models.Smollm;
import dev.sotto.models.format.GgufModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The real model's tokenizer and template, built from its GGUF file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmollmTextTest {
  private static final long SEED = 135;

  private PublicPart part = open();
  private Tokenizer tokenizer = part.tokenizer();

  private static PublicPart open() {
    try (GgufModel model = GgufModel.open(Smollm.file())) {
      return model.publicPart();
    }
  }

  @AfterAll
  void close() {
    tokenizer.close();
  }

  @Test
  void goldenPromptsGiveTheirIds() {
    ChatTemplate template = part.template().orElseThrow();
    for (Golden g : Golden.all()) {
      String text = template.render(List.of(ChatMessage.user(g.prompt())), true);
      assertThat(tokenizer.encode(text, false)).as(g.prompt()).containsExactly(ints(g.promptIds()));
    }
  }

  @Test
  void goldenCompletionsGiveTheirText() {
    for (Golden g : Golden.all()) {
      assertThat(tokenizer.decode(ints(g.completionIds()))).isEqualTo(g.text());
    }
  }

  @Test
  void knowsItsSpecialTokens() {
    assertThat(tokenizer.begin()).isEqualTo(OptionalInt.of(1));
    assertThat(tokenizer.ends()).isEqualTo(Set.of(2));
    assertThat(tokenizer.special(2)).isTrue();
    assertThat(tokenizer.special(17)).isFalse();
    assertThat(tokenizer.bytesOf(2)).isEmpty();
    assertThat(tokenizer.size()).isEqualTo(49152);
    assertThat(tokenizer.encode("<|im_end|>", false)).containsExactly(2);
    // This model asks for no token at the beginning of raw text.
    assertThat(tokenizer.encode("a", true)).isEqualTo(tokenizer.encode("a", false));
    assertThatThrownBy(() -> tokenizer.bytesOf(49152)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tokenizer.bytesOf(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anyTextComesBack() {
    Random random = new Random(SEED);
    String[] parts = {
      "hello",
      " World",
      "\n\n",
      "  ",
      "1234",
      "'ll",
      "é",
      "日本語",
      "🙂",
      "👩‍👩‍👧",
      "\u0000",
      "\t",
      "ß",
      "٣",
      "<|im",
      "\r\n",
      "e\u0301",
      "\uFFFD",
      "\uD83D\uDE42"
    };
    for (int n = 0; n < 500; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      int[] ids = tokenizer.encode(text.toString(), false);
      assertThat(tokenizer.decode(ids)).isEqualTo(text.toString());
    }
  }

  @Test
  void streamsWholeCharactersOnly() {
    TextStream stream = tokenizer.stream();
    StringBuilder out = new StringBuilder();
    String text = "naïve 日本 🙂👩‍👩‍👧 end";
    for (int id : tokenizer.encode(text, false)) {
      String piece = stream.accept(id);
      assertThat(piece).doesNotContain("\uFFFD");
      assertThat(piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)))
          .isTrue();
      out.append(piece);
    }
    assertThat(out + stream.finish()).isEqualTo(text);
  }

  @Test
  void halfACharacterAtTheEndIsShownAsSuch() {
    int[] ids = tokenizer.encode("🙂", false);
    assertThat(ids.length).isGreaterThan(1);
    assertThat(tokenizer.decode(Arrays.copyOf(ids, ids.length - 1))).isEqualTo("\uFFFD");
    byte[] all = new byte[0];
    for (int id : ids) {
      byte[] more = tokenizer.bytesOf(id);
      byte[] joined = Arrays.copyOf(all, all.length + more.length);
      System.arraycopy(more, 0, joined, all.length, more.length);
      all = joined;
    }
    assertThat(new String(all, StandardCharsets.UTF_8)).isEqualTo("🙂");
  }

  @Test
  void decodesAsTheLibraryDoes() {
    long handle = TokenizersLibrary.LIB.createTokenizerFromString(part.tokenizerJson());
    Random random = new Random(SEED);
    try {
      for (int n = 0; n < 200; n++) {
        long[] ids = random.longs(20, 0, 49152).toArray();
        String expected = TokenizersLibrary.LIB.decode(handle, ids, true);
        assertThat(tokenizer.decode(Arrays.stream(ids).mapToInt(i -> (int) i).toArray()))
            .isEqualTo(expected);
      }
    } finally {
      TokenizersLibrary.LIB.deleteTokenizer(handle);
    }
  }

  @Test
  void refusesTextThatIsNoUnicodeOrTooLong() {
    assertThatThrownBy(() -> tokenizer.encode("secret \uD83D words", false))
        .isInstanceOf(ModelException.class)
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> tokenizer.encode("a".repeat(Tokenizer.LONGEST_TEXT + 1), false))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void publicPartComesBackFromItsFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("public.json");
    part.write(file);
    assertThat(PublicPart.read(file)).isEqualTo(part);
    assertThat(part.tokenizerDigest()).hasSize(64);
    assertThat(part.templateDigest()).hasSize(64);
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(i -> i).toArray();
  }
}
