package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.sotto.embedded.testing.SharedPlatform;
import dev.sotto.launch.PlatformStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The official client for Java, against the whole platform. */
@ExtendWith(SharedPlatform.class)
class OpenAiJavaTest {
  private static final String MODEL = "small";

  /** Each token of its greedy answer leads by more than rounding can turn, for 16 of them. */
  private static final String PROMPT = "Say a word.";

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int LONG_ANSWER = 400;
  private static final String CANCELLED = "CANCELLED";

  private final OpenAIClient client;

  OpenAiJavaTest() throws IOException {
    client = of(SharedPlatform.key());
  }

  private static OpenAIClient of(String key) throws IOException {
    return OpenAIOkHttpClient.builder()
        .baseUrl(SharedPlatform.baseUrl())
        .apiKey(key)
        .timeout(PATIENCE)
        .maxRetries(0)
        .build();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static ChatCompletionCreateParams.Builder chat(int tokens) {
    return ChatCompletionCreateParams.builder()
        .model(MODEL)
        .addUserMessage(PROMPT)
        .maxCompletionTokens(tokens)
        .temperature(0);
  }

  private ChatCompletion answer(ChatCompletionCreateParams.Builder asked) {
    ChatCompletion answer = client.chat().completions().create(asked.build());
    answer.validate();
    return answer;
  }

  private static String text(ChatCompletion.Choice choice) {
    return choice.message().content().orElseThrow();
  }

  private static String text(ChatCompletion answer) {
    return text(answer.choices().getFirst());
  }

  @Test
  void modelsAreListedAndDescribed() {
    assertThat(client.models().list().data()).extracting(Model::id).containsExactly(MODEL);
    Model model = client.models().retrieve(MODEL);
    model.validate();
    assertThat(model.id()).isEqualTo(MODEL);
  }

  @Test
  void aStreamSaysWhatTheWholeAnswerSaysAndItsUsage() {
    ChatCompletion whole = answer(chat(6));
    assertThat(whole.choices().getFirst().finishReason())
        .isIn(FinishReason.STOP, FinishReason.LENGTH);
    CompletionUsage usage = whole.usage().orElseThrow();
    assertThat(usage.promptTokens()).isPositive();
    assertThat(usage.completionTokens()).isBetween(1L, 6L);
    assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + usage.completionTokens());

    ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
    ChatCompletionCreateParams asked =
        chat(6)
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(asked)) {
      stream.stream().forEach(all::accumulate);
    }
    ChatCompletion streamed = all.chatCompletion();
    assertThat(text(streamed)).isEqualTo(text(whole));
    assertThat(streamed.choices().getFirst().finishReason())
        .isEqualTo(whole.choices().getFirst().finishReason());
    assertThat(streamed.usage().orElseThrow().totalTokens()).isEqualTo(usage.totalTokens());
  }

  @Test
  @SuppressWarnings("deprecation") // the client warns of seed; Sotto keeps what it promises
  void aSeedIsTakenForSeveralAnswers() {
    // It repeats the draws, not the answers: every run rounds in its own way.
    List<ChatCompletion.Choice> several = answer(chat(3).n(2).temperature(1).seed(7)).choices();
    assertThat(several).extracting(ChatCompletion.Choice::index).containsExactly(0L, 1L);
  }

  @Test
  void logProbabilitiesComeTheLikeliestFirst() {
    ChatCompletion answer = answer(chat(2).logprobs(true).topLogprobs(3));
    List<ChatCompletionTokenLogprob> tokens =
        answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
    assertThat(tokens).isNotEmpty();
    for (ChatCompletionTokenLogprob token : tokens) {
      assertThat(token.logprob()).isNotPositive();
      assertThat(token.topLogprobs()).hasSize(3);
      assertThat(token.topLogprobs().getFirst().logprob())
          .isCloseTo(token.logprob(), within(1e-6)); // greedy
      assertThat(token.topLogprobs().getLast().logprob()).isLessThanOrEqualTo(token.logprob());
    }
  }

  @Test
  void anAnswerEndsBeforeAStop() {
    String whole = text(answer(chat(6)));
    assertThat(whole.length()).isGreaterThan(2);
    int middle = whole.offsetByCodePoints(0, whole.codePointCount(0, whole.length()) / 2);
    String stop = whole.substring(middle, whole.offsetByCodePoints(middle, 1));
    ChatCompletion cut = answer(chat(6).stop(stop));
    assertThat(text(cut)).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(cut.choices().getFirst().finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void aTextIsContinued() {
    CompletionCreateParams asked =
        CompletionCreateParams.builder()
            .model(MODEL)
            .prompt("Once upon a time")
            .maxTokens(4)
            .temperature(0)
            .build();
    Completion whole = client.completions().create(asked);
    whole.validate();
    assertThat(whole.usage().orElseThrow().completionTokens()).isBetween(1L, 4L);
    StringBuilder streamed = new StringBuilder();
    try (StreamResponse<Completion> stream = client.completions().createStreaming(asked)) {
      stream.stream().forEach(part -> streamed.append(part.choices().getFirst().text()));
    }
    assertThat(streamed).hasToString(whole.choices().getFirst().text());
  }

  private static String text(Response response) {
    return response.output().getFirst().asMessage().content().getFirst().asOutputText().text();
  }

  @Test
  void aResponseIsMadeAndStreamed() {
    ResponseCreateParams asked =
        ResponseCreateParams.builder()
            .model(MODEL)
            .input(PROMPT)
            .maxOutputTokens(16)
            .temperature(0)
            .store(false)
            .build();
    Response whole = client.responses().create(asked);
    whole.validate();
    assertThat(whole.status().orElseThrow())
        .isIn(ResponseStatus.COMPLETED, ResponseStatus.INCOMPLETE);
    assertThat(whole.usage().orElseThrow().outputTokens()).isBetween(1L, 16L);

    ResponseAccumulator all = ResponseAccumulator.create();
    StringBuilder deltas = new StringBuilder();
    try (StreamResponse<ResponseStreamEvent> stream = client.responses().createStreaming(asked)) {
      stream.stream()
          .map(all::accumulate)
          .forEach(event -> event.outputTextDelta().ifPresent(d -> deltas.append(d.delta())));
    }
    assertThat(deltas).hasToString(text(whole));
    assertThat(text(all.response())).isEqualTo(text(whole));
    assertThat(all.response().status()).isEqualTo(whole.status());
  }

  @Test
  void anUnknownModelIsNotFound() {
    assertThatThrownBy(() -> answer(chat(1).model("no-such-model")))
        .isInstanceOfSatisfying(
            NotFoundException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(404);
              assertThat(e.code()).hasValue("model_not_found");
            });
  }

  @Test
  void whatSottoDoesNotOfferIsNotFound() {
    EmbeddingCreateParams asked =
        EmbeddingCreateParams.builder().model(MODEL).input("Some text.").build();
    assertThatThrownBy(() -> client.embeddings().create(asked))
        .isInstanceOfSatisfying(
            NotFoundException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(404);
              assertThat(e.type()).hasValue("invalid_request_error");
            });
  }

  @Test
  void aBadParameterIsNamed() {
    assertThatThrownBy(() -> answer(chat(1).temperature(9)))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(400);
              assertThat(e.param()).hasValue("temperature");
              assertThat(e.type()).hasValue("invalid_request_error");
            });
  }

  @Test
  void aWrongKeyIsRefused() throws IOException {
    try (Closing stranger = new Closing(of("sk-sotto-wrong"))) {
      assertThatThrownBy(() -> stranger.client().models().list())
          .isInstanceOfSatisfying(
              UnauthorizedException.class,
              e -> {
                assertThat(e.statusCode()).isEqualTo(401);
                assertThat(e.code()).hasValue("invalid_api_key");
              });
    }
  }

  private record Closing(OpenAIClient client) implements AutoCloseable {
    @Override
    public void close() {
      client.close();
    }
  }

  private static PlatformStatus status() throws IOException, InterruptedException {
    String json = SharedPlatform.home().run("status", "--json").out();
    return PlatformStatus.of(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whoLeavesAStreamCancelsItsJob() throws Exception {
    long before = status().jobs().getOrDefault(CANCELLED, 0L);
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(chat(LONG_ANSWER).build())) {
      Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
      assertThat(chunks.next().choices()).isNotEmpty();
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    PlatformStatus after = status();
    while (after.jobs().getOrDefault(CANCELLED, 0L) == before) {
      assertThat(System.nanoTime()).as(after.json()).isLessThan(end);
      boolean _ = new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
      after = status();
    }
    assertThat(after.jobs().get(CANCELLED)).isEqualTo(before + 1);
  }
}
