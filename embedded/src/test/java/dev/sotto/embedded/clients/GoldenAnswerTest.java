package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import dev.sotto.client.Generation;
import dev.sotto.embedded.testing.RealPlatform;
import dev.sotto.embedded.testing.RunningSidecar;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.text.ChatMessage;
import dev.sotto.models.text.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The real model's answers through the API, token by token what the model answered elsewhere in the
 * clear; by plain HTTP to the gateway, and sealed, through the sidecar.
 */
@ExtendWith(RealPlatform.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenAnswerTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int MOST_TOKENS = 16;

  /** Steps of every golden answer; each has so many that are sure, one after the other. */
  private static final int STEPS = 3;

  private static final int LONG_PROMPT = 128;
  private static final int LANE_JOBS = 8;

  @SuppressWarnings("NullAway.Init") // set before any test
  private OpenAIClient gateway;

  @SuppressWarnings("NullAway.Init")
  private RunningSidecar sidecar;

  @SuppressWarnings("NullAway.Init")
  private OpenAIClient sealed;

  @SuppressWarnings("NullAway.Init")
  private Generation generation;

  @SuppressWarnings("NullAway.Init")
  private Tokenizer tokenizer;

  @BeforeAll
  void open() throws Exception {
    gateway = client(RealPlatform.baseUrl());
    sidecar = RunningSidecar.of(RealPlatform.home());
    sealed = client(sidecar.baseUrl());
    try (ModelFiles model = ModelFiles.open(RealPlatform.modelFile())) {
      generation = new Generation(model.publicPart());
      tokenizer = model.publicPart().tokenizer();
    }
  }

  private static OpenAIClient client(String baseUrl) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(baseUrl)
        .apiKey(RealPlatform.key())
        .timeout(PATIENCE)
        .maxRetries(0)
        .build();
  }

  @AfterAll
  void close() {
    gateway.close();
    sealed.close();
    tokenizer.close();
    generation.close();
    sidecar.close();
  }

  private static ChatCompletionCreateParams.Builder asked() {
    return ChatCompletionCreateParams.builder()
        .model(RealPlatform.MODEL)
        .temperature(0)
        .maxCompletionTokens(MOST_TOKENS);
  }

  @Test
  void theGatewayAnswersTheTokensOfTheModelInTheClear() {
    answersAsInTheClear(gateway, "gateway");
  }

  @Test
  void theSidecarAnswersTheTokensOfTheModelInTheClear() {
    answersAsInTheClear(sealed, "sidecar");
  }

  /** A whole answer, its end included. */
  private void answersAsInTheClear(OpenAIClient client, String enclave) {
    Golden golden = Golden.sure();
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(asked().addUserMessage(golden.prompt()).logprobs(true).build());
    assertThat(answer._additionalProperties().get("x_sotto"))
        .asString()
        .contains("enclave=" + enclave, "protection=passive");
    CompletionUsage usage = answer.usage().orElseThrow();
    assertThat(usage.promptTokens()).isEqualTo(golden.promptIds().size());
    assertThat(usage.completionTokens()).isEqualTo(golden.completionIds().size());
    ChatCompletion.Choice choice = answer.choices().getFirst();
    assertThat(choice.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(choice.message().content()).hasValue(text(golden.completionIds()));
    assertThat(tokens(choice)).containsExactlyElementsOf(shown(golden.completionIds()));
  }

  /** What every token of an answer stands for. */
  private static List<byte[]> tokens(ChatCompletion.Choice choice) {
    return choice.logprobs().orElseThrow().content().orElseThrow().stream()
        .map(token -> bytes(token.bytes().orElseThrow()))
        .toList();
  }

  /** What tokens stand for, but for the end, which is counted and not shown. */
  private List<byte[]> shown(List<Integer> ids) {
    return ids.stream()
        .filter(id -> !tokenizer.ends().contains(id))
        .map(tokenizer::bytesOf)
        .toList();
  }

  private String text(List<Integer> ids) {
    return tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray());
  }

  private static byte[] bytes(List<Long> values) {
    byte[] bytes = new byte[values.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = values.get(i).byteValue();
    }
    return bytes;
  }

  /** Each from where it leads surely: a lead less than that may turn, and all words after it. */
  @Test
  void everyGoldenAnswerGoesOn() {
    List<List<Long>> begun = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    for (Golden golden : Golden.all()) {
      int start = golden.firstSure(STEPS);
      begun.add(
          Stream.concat(golden.promptIds().stream(), golden.completionIds().stream().limit(start))
              .map(Integer::longValue)
              .toList());
      wanted.add(text(golden.completionIds().subList(start, start + STEPS)));
    }
    Completion answers =
        gateway
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(RealPlatform.MODEL)
                    .promptOfArrayOfTokenArrays(begun)
                    .temperature(0)
                    .maxTokens(STEPS)
                    .build());
    assertThat(answers.choices()).extracting(CompletionChoice::text).isEqualTo(wanted);
  }

  /**
   * Prompts as long as a part of one may be: a node reads them one after the other, and has room.
   */
  @Test
  void asManyAsALaneTakesAreAnsweredAtOnce() throws Exception {
    List<Long> question = Golden.sure().promptIds().stream().map(Integer::longValue).toList();
    List<Long> prompt = new ArrayList<>();
    while (prompt.size() + question.size() <= LONG_PROMPT) {
      prompt.addAll(question);
    }
    CompletionCreateParams asked =
        CompletionCreateParams.builder()
            .model(RealPlatform.MODEL)
            .promptOfArrayOfTokens(prompt)
            .temperature(0)
            .maxTokens(STEPS)
            .build();
    try (ExecutorService callers = Executors.newFixedThreadPool(LANE_JOBS)) {
      List<Future<Completion>> answers =
          callers.invokeAll(
              Collections.nCopies(LANE_JOBS, () -> gateway.completions().create(asked)));
      for (Future<Completion> answer : answers) {
        CompletionUsage usage = answer.get().usage().orElseThrow();
        assertThat(usage.promptTokens()).isEqualTo(prompt.size());
        assertThat(usage.completionTokens()).isEqualTo(STEPS);
      }
    }
  }

  /** Its second question means something only after the first, and each leads surely. */
  @Test
  void aConversationIsAnsweredFromAllThatWasSaid() {
    ChatCompletionCreateParams.Builder said =
        asked().addUserMessage("What is the capital of Germany?");
    String first = said(sealed.chat().completions().create(said.build()));
    assertThat(first).isEqualTo("The capital of Germany is Berlin.");

    ChatCompletion second =
        sealed
            .chat()
            .completions()
            .create(said.addAssistantMessage(first).addUserMessage("And of Italy?").build());
    assertThat(said(second)).isEqualTo("The capital of Italy is Rome.");
    assertThat(second.usage().orElseThrow().promptTokens())
        .isEqualTo(
            generation.conversation(
                    List.of(
                        ChatMessage.user("What is the capital of Germany?"),
                        ChatMessage.assistant(first),
                        ChatMessage.user("And of Italy?")))
                .length);
  }

  private static String said(ChatCompletion answer) {
    return answer.choices().getFirst().message().content().orElseThrow();
  }
}
