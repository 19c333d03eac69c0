package dev.sotto.embedded.clients;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.sotto.embedded.testing.RealPlatform;
import java.time.Duration;

/** What LangChain4j's own tests of chat models are told of ours, streamed or not. */
final class LangChain4j {
  /** Longest wait for an answer. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * Longer than every answer that must be whole, and soon over: its tests of streams wait 30
   * seconds.
   */
  private static final int MOST_TOKENS = 12;

  private LangChain4j() {}

  /** The platform's model, with parameters that the usual ones yield to. */
  static ChatModel whole(ChatRequestParameters parameters) {
    return OpenAiChatModel.builder()
        .baseUrl(RealPlatform.baseUrl())
        .apiKey(RealPlatform.key())
        .timeout(PATIENCE)
        .maxRetries(0)
        .defaultRequestParameters(defaults().overrideWith(parameters))
        .build();
  }

  /** The same, streaming. */
  static StreamingChatModel streaming(
      ChatRequestParameters parameters, ChatModelListener... listeners) {
    return OpenAiStreamingChatModel.builder()
        .baseUrl(RealPlatform.baseUrl())
        .apiKey(RealPlatform.key())
        .timeout(PATIENCE)
        .listeners(listeners)
        .defaultRequestParameters(defaults().overrideWith(parameters))
        .build();
  }

  /** What is asked for unless a request says otherwise. */
  static ChatRequestParameters defaults() {
    return ChatRequestParameters.builder()
        .modelName(RealPlatform.MODEL)
        .temperature(0.0)
        .maxOutputTokens(MOST_TOKENS)
        .build();
  }

  /** The most tokens, in this client's own class of parameters. */
  static ChatRequestParameters own(int maxOutputTokens) {
    return OpenAiChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
  }

  /** What this model answers with {@code liebe} if it has read the system's message, else not. */
  static ChatRequest translation() {
    return ChatRequest.builder()
        .messages(
            SystemMessage.from(
                "You translate English into German. Example: 'I love you' is 'Ich liebe dich'."),
            UserMessage.from("Translate: 'I love you'"))
        .build();
  }

  /** What this model answers with {@code Rome} if it has read all messages, else not. */
  static ChatRequest conversation() {
    return ChatRequest.builder()
        .messages(
            UserMessage.from("What is the capital of Germany?"),
            AiMessage.from("The capital of Germany is Berlin."),
            UserMessage.from("And of Italy?"))
        .build();
  }

  /** One token, of a model that nobody serves. */
  static ChatRequestParameters unknownModel() {
    return ChatRequestParameters.builder().modelName("no-such-model").maxOutputTokens(1).build();
  }
}
