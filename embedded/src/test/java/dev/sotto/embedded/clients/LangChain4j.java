package dev.sotto.embedded.clients;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.sotto.embedded.testing.SharedPlatform;
import java.io.IOException;
import java.time.Duration;

/** LangChain4j's models of our API, streamed or not. */
final class LangChain4j {
  /** Longest wait for an answer. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final int MOST_TOKENS = 12;

  private LangChain4j() {}

  /** The platform's model, with parameters that the usual ones yield to. */
  static ChatModel whole(ChatRequestParameters parameters) throws IOException {
    return OpenAiChatModel.builder()
        .baseUrl(SharedPlatform.baseUrl())
        .apiKey(SharedPlatform.key())
        .timeout(PATIENCE)
        .maxRetries(0)
        .defaultRequestParameters(defaults().overrideWith(parameters))
        .build();
  }

  /** The same, streaming. */
  static StreamingChatModel streaming(ChatRequestParameters parameters) throws IOException {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(SharedPlatform.baseUrl())
        .apiKey(SharedPlatform.key())
        .timeout(PATIENCE)
        .defaultRequestParameters(defaults().overrideWith(parameters))
        .build();
  }

  /** What is asked for unless a request says otherwise. */
  static ChatRequestParameters defaults() {
    return ChatRequestParameters.builder()
        .modelName("small")
        .temperature(0.0)
        .maxOutputTokens(MOST_TOKENS)
        .build();
  }
}
