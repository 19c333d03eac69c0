package dev.sotto.embedded.clients;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.sotto.embedded.testing.RealPlatform;
import java.time.Duration;

/** What LangChain4j's own tests of chat models are told of ours, streamed or not. */
final class LangChain4j {
  /** Longest wait for an answer. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Longer than every answer that must be whole; the others would go on for long. */
  private static final int MOST_TOKENS = 32;

  private LangChain4j() {}

  /** What is asked for unless a request says otherwise. */
  static ChatRequestParameters defaults() {
    return OpenAiChatRequestParameters.builder()
        .modelName(RealPlatform.MODEL)
        .temperature(0.0)
        .maxOutputTokens(MOST_TOKENS)
        .build();
  }

  /** The most tokens, in this client's own class of parameters. */
  static ChatRequestParameters own(int maxOutputTokens) {
    return OpenAiChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
  }
}
