package dev.sotto.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.sotto.client.platform.JobRefused;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The official client for Java, unmodified: only its base URL and key are set. */
@ApiTest
class OfficialJavaClientTest {
  private final TestHost host;
  private final OpenAIClient client;

  OfficialJavaClientTest(@Autowired TestHost host, @LocalServerPort int port) {
    this.host = host;
    this.client =
        OpenAIOkHttpClient.builder()
            .baseUrl("http://127.0.0.1:" + port + "/v1")
            .apiKey("sk-sotto-test")
            .build();
  }

  @BeforeEach
  void reset() {
    host.reset();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder()
        .model(TestHost.MODEL)
        .addSystemMessage("Be brief.")
        .addUserMessage("Say hello.");
  }

  @Test
  void chats() {
    ChatCompletion answer =
        client.chat().completions().create(chat().temperature(0).logprobs(true).build());
    answer.validate();
    assertThat(answer.choices().getFirst().message().content()).hasValue("Hello there.");
    assertThat(answer.choices().getFirst().finishReason())
        .isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
  }

  @Test
  void chatsInAStream() {
    ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
    ChatCompletionCreateParams params =
        chat()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params)) {
      stream.stream().forEach(all::accumulate);
    }
    ChatCompletion answer = all.chatCompletion();
    assertThat(answer.choices().getFirst().message().content()).hasValue("Hello there.");
    assertThat(answer.usage().orElseThrow().totalTokens()).isPositive();
  }

  @Test
  void completes() {
    Completion answer =
        client
            .completions()
            .create(
                CompletionCreateParams.builder()
                    .model(TestHost.MODEL)
                    .prompt("Say hello.")
                    .maxTokens(64)
                    .logprobs(1)
                    .build());
    answer.validate();
    assertThat(answer.choices().getFirst().text()).isEqualTo("Hello there.");
    assertThat(answer.choices().getFirst().logprobs().orElseThrow().tokens().orElseThrow().size())
        .isPositive();
  }

  @Test
  void completesInAStream() {
    StringBuilder text = new StringBuilder();
    try (StreamResponse<Completion> stream =
        client
            .completions()
            .createStreaming(
                CompletionCreateParams.builder()
                    .model(TestHost.MODEL)
                    .prompt("Say hello.")
                    .maxTokens(64)
                    .build())) {
      stream.stream().forEach(part -> text.append(part.choices().getFirst().text()));
    }
    assertThat(text).hasToString("Hello there.");
  }

  private static ResponseCreateParams.Builder response() {
    return ResponseCreateParams.builder()
        .model(TestHost.MODEL)
        .instructions("Be brief.")
        .input("Say hello.");
  }

  @Test
  void responds() {
    Response answer = client.responses().create(response().build());
    answer.validate();
    assertThat(answer.status()).hasValue(ResponseStatus.COMPLETED);
    assertThat(answer.output().getFirst().asMessage().content().getFirst().asOutputText().text())
        .isEqualTo("Hello there.");
  }

  @Test
  void respondsInAStream() {
    ResponseAccumulator all = ResponseAccumulator.create();
    StringBuilder text = new StringBuilder();
    try (StreamResponse<ResponseStreamEvent> stream =
        client.responses().createStreaming(response().build())) {
      stream.stream()
          .map(all::accumulate)
          .forEach(event -> event.outputTextDelta().ifPresent(d -> text.append(d.delta())));
    }
    assertThat(text).hasToString("Hello there.");
    assertThat(all.response().status()).hasValue(ResponseStatus.COMPLETED);
    assertThat(all.response().usage().orElseThrow().outputTokens()).isPositive();
  }

  @Test
  void aResponseThatIsCutIsIncomplete() {
    Response answer = client.responses().create(response().maxOutputTokens(2).build());
    assertThat(answer.status()).hasValue(ResponseStatus.INCOMPLETE);
    assertThat(answer.incompleteDetails().orElseThrow().reason().orElseThrow())
        .isEqualTo(Response.IncompleteDetails.Reason.MAX_OUTPUT_TOKENS);
  }

  @Test
  void listsModels() {
    assertThat(client.models().list().data().stream().map(Model::id).toList())
        .containsExactly(TestHost.MODEL);
    Model model = client.models().retrieve(TestHost.MODEL);
    model.validate();
    assertThat(model._additionalProperties()).containsKey("x_sotto");
  }

  @Test
  void errorsAreItsOwn() {
    assertThatThrownBy(() -> client.models().retrieve("none"))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> client.chat().completions().create(chat().temperature(3.0).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class, e -> assertThat(e.param()).hasValue("temperature"));
    host.beforeOpen =
        () -> {
          throw new JobRefused(JobRefused.Kind.LIMITED, "rate_limit_exceeded", "Slow.", false);
        };
    assertThatThrownBy(() -> client.chat().completions().create(chat().build()))
        .isInstanceOf(RateLimitException.class);
  }
}
