package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.errors.BadRequestException;
import com.openai.errors.UnauthorizedException;
import dev.sotto.embedded.testing.SharedPlatform;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** Spring AI's model of OpenAI, against the whole platform. */
@ExtendWith(SharedPlatform.class)
class SpringAiTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Each token of its greedy answer leads by more than rounding can turn. */
  private static final Prompt PROMPT =
      new Prompt(new SystemMessage("Be brief."), new UserMessage("Good morning."));

  private static OpenAiChatOptions.Builder options() {
    return OpenAiChatOptions.builder()
        .model("small")
        .maxTokens(6)
        .temperature(0.0)
        .streamUsage(true)
        .timeout(PATIENCE)
        .maxRetries(0);
  }

  private static ChatModel model(String key) throws IOException {
    return OpenAiChatModel.builder()
        .options(options().baseUrl(SharedPlatform.baseUrl()).apiKey(key).build())
        .build();
  }

  private static String text(ChatResponse response) {
    return response.getResults().stream()
        .map(generation -> Objects.requireNonNullElse(generation.getOutput().getText(), ""))
        .collect(Collectors.joining());
  }

  @Test
  void aStreamSaysWhatACallSays() throws IOException {
    ChatModel model = model(SharedPlatform.key());
    ChatResponse whole = model.call(PROMPT);
    assertThat(text(whole)).isNotEmpty();
    assertThat(whole.getMetadata().getModel()).isEqualTo("small");
    Usage usage = whole.getMetadata().getUsage();
    assertThat(usage.getCompletionTokens()).isBetween(1, 6);
    assertThat(usage.getTotalTokens())
        .isEqualTo(usage.getPromptTokens() + usage.getCompletionTokens());

    List<ChatResponse> parts =
        Objects.requireNonNull(model.stream(PROMPT).collectList().block(PATIENCE));
    assertThat(parts).hasSizeGreaterThan(1);
    assertThat(parts.stream().map(SpringAiTest::text).collect(Collectors.joining()))
        .isEqualTo(text(whole));
    assertThat(parts.getLast().getMetadata().getUsage().getTotalTokens())
        .isEqualTo(usage.getTotalTokens());
  }

  @Test
  void aWrongKeyIsRefused() throws IOException {
    ChatModel stranger = model("sk-sotto-wrong");
    assertThatThrownBy(() -> stranger.call(PROMPT))
        .isInstanceOfSatisfying(
            UnauthorizedException.class, e -> assertThat(e.code()).hasValue("invalid_api_key"));
  }

  @Test
  void aBadParameterIsNamedStreamedOrNot() throws IOException {
    ChatModel model = model(SharedPlatform.key());
    Prompt hot = PROMPT.mutate().chatOptions(options().temperature(9.0).build()).build();
    assertThatThrownBy(() -> model.call(hot))
        .isInstanceOfSatisfying(
            BadRequestException.class, e -> assertThat(e.param()).hasValue("temperature"));
    assertThatThrownBy(() -> model.stream(hot).blockLast(PATIENCE))
        .cause() // of the future that the client streams by
        .isInstanceOfSatisfying(
            BadRequestException.class, e -> assertThat(e.param()).hasValue("temperature"));
  }
}
