package dev.sotto.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.client.Answer.Finish;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.ModelException;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.text.PublicPart;
import dev.sotto.models.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationTest {
  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before any test
  private static PublicPart part;

  @SuppressWarnings("NullAway.Init")
  private static Generation generation;

  @SuppressWarnings("NullAway.Init")
  private static Tokenizer tokenizer;

  private final List<String> shown = new ArrayList<>();
  private final List<int[]> fed = new ArrayList<>();

  @BeforeAll
  static void open() throws IOException {
    MadeUpModel.small(20261123).write(folder);
    try (ModelFiles files = ModelFiles.open(folder)) {
      part = files.publicPart();
    }
    generation = new Generation(part);
    tokenizer = part.tokenizer();
  }

  @AfterAll
  static void close() {
    generation.close();
    tokenizer.close();
  }

  /** A model that says these tokens, whatever it is asked. */
  private Steps says(int... tokens) {
    return step -> {
      float[] logits = new float[part.config().vocab()];
      logits[tokens[fed.size()]] = 1;
      fed.add(step);
      return logits;
    };
  }

  private Answer answer(Steps steps, int maxTokens, String... stops) {
    return generation.answer(
        steps,
        generation.prompt("hi", false),
        Sampling.greedy(),
        new StopStrings(List.of(stops)),
        maxTokens,
        shown::add);
  }

  private static int[] ids(String text) {
    return tokenizer.encode(text, false);
  }

  private static int end() {
    return tokenizer.ends().iterator().next();
  }

  private static int[] and(int[] ids, int last) {
    int[] all = Arrays.copyOf(ids, ids.length + 1);
    all[ids.length] = last;
    return all;
  }

  @Test
  void aConversationIsTemplatedAndRawTextIsNot() {
    String rendered = tokenizer.decode(generation.prompt("hi", true));
    assertThat(rendered).isEqualTo("hi");
    assertThat(generation.prompt("hi", false))
        .isEqualTo(ids("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"));
  }

  @Test
  void theModelEndsItsAnswer() {
    int[] tokens = and(ids("grüß dich"), end());
    Answer answer = answer(says(tokens), 100);
    assertThat(answer.finish()).isEqualTo(Finish.STOP);
    assertThat(answer.text()).isEqualTo("grüß dich").isEqualTo(String.join("", shown));
    assertThat(answer.tokens())
        .containsExactly(Arrays.stream(tokens).boxed().toArray(Integer[]::new));
    assertThat(fed.getFirst()).isEqualTo(generation.prompt("hi", false));
    assertThat(fed.get(1)).containsExactly(tokens[0]);
    assertThat(fed).hasSize(tokens.length);
    assertThat(answer.toString()).doesNotContain("dich");
  }

  @Test
  void enoughTokensEndItAndHalfACharacterIsReplaced() {
    byte[] bytes = "é".getBytes(StandardCharsets.UTF_8);
    int[] halves = ids("é");
    assertThat(halves).as("a made-up vocabulary spells bytes").hasSize(bytes.length);
    Answer answer = answer(says(halves[0], end()), 1);
    assertThat(answer.finish()).isEqualTo(Finish.LENGTH);
    assertThat(answer.finish().label()).isEqualTo("length");
    assertThat(answer.text()).isEqualTo("\uFFFD").isEqualTo(String.join("", shown));
    assertThat(fed).hasSize(1);
  }

  @Test
  void aStopStringEndsItAndIsNotShown() {
    int[] tokens = ids("one two STOP three");
    Answer answer = answer(says(tokens), 100, "STOP");
    assertThat(answer.finish()).isEqualTo(Finish.STOP);
    assertThat(answer.text()).isEqualTo("one two ").isEqualTo(String.join("", shown));
    assertThat(fed).hasSizeLessThan(tokens.length);
  }

  @Test
  void aHeldBackBeginningIsShownWhenTheAnswerEnds() {
    Answer answer = answer(says(and(ids("the ST"), end())), 100, "STOP");
    assertThat(answer.text()).isEqualTo("the ST").isEqualTo(String.join("", shown));
  }

  @Test
  void theContextEndsIt() {
    int context = part.config().context();
    int[] prompt = new int[context - 2];
    Answer answer =
        generation.answer(
            says(ids("abcdef")),
            prompt,
            Sampling.greedy(),
            new StopStrings(List.of()),
            100,
            shown::add);
    assertThat(answer.tokens()).hasSize(2);
    assertThat(answer.finish()).isEqualTo(Finish.LENGTH);
  }

  @Test
  void promptsThatDoNotFitAreRefused() {
    String longText = "x y ".repeat(part.config().context());
    assertThatThrownBy(() -> generation.prompt(longText, false))
        .isInstanceOf(InvalidParameter.class)
        .hasMessageMatching(
            "prompt has \\d+ tokens, but the model's context holds 512,.*shorten it");
    assertThatThrownBy(() -> answer(says(end()), 0))
        .hasMessage("maxTokens must be 1 or more, was 0");
  }

  @Test
  void withoutATemplateOnlyRawTextGoes() {
    PublicPart plain =
        new PublicPart(
            part.config(), part.modelDigest(), part.tokenizerJson(), null, null, null, Set.of());
    try (Generation raw = new Generation(plain)) {
      assertThat(raw.prompt("hi", true)).isEqualTo(ids("hi"));
      assertThatThrownBy(() -> raw.prompt("hi", false))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("no chat template");
      assertThatThrownBy(() -> raw.prompt("", true))
          .hasMessage("prompt must have at least one token, has none");
    }
  }
}
