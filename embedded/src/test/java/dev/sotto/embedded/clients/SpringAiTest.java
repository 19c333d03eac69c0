package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.errors.UnauthorizedException;
import dev.sotto.embedded.testing.SharedPlatform;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
  private static final Prompt PROMPT =
      new Prompt(new SystemMessage("Be brief."), new UserMessage("Say something."));

  private static ChatModel model(String key) throws IOException {
    return OpenAiChatModel.builder()
        .options(
            OpenAiChatOptions.builder()
                .baseUrl(SharedPlatform.baseUrl())
                .apiKey(key)
                .model("small")
                .maxTokens(6)
                .temperature(0.0)
                .streamUsage(true)
                .timeout(PATIENCE)
                .maxRetries(0)
                .build())
        .build();
  }

  private static String text(ChatResponse response) {
    String text = response.getResult().getOutput().getText();
    return text == null ? "" : text;
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

    List<ChatResponse> parts = model.stream(PROMPT).collectList().block(PATIENCE);
    assertThat(parts).isNotNull().hasSizeGreaterThan(1);
    StringBuilder streamed = new StringBuilder();
    parts.stream()
        .filter(part -> !part.getResults().isEmpty())
        .forEach(part -> streamed.append(text(part)));
    assertThat(streamed).hasToString(text(whole));
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
}
