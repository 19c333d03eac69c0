package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;
import dev.sotto.embedded.testing.RealPlatform;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * LangChain4j's tests of streaming chat models, against the whole platform. What is not applicable
 * is listed, with reasons, in docs/api/clients.md. Of that its tests want to see any failure; which
 * one, says {@link LangChain4jRefusalsTest}.
 */
@ExtendWith(RealPlatform.class)
class LangChain4jStreamingTest extends AbstractStreamingChatModelIT {
  /** Its tests wait for 30 seconds, and the first answers after a start take the longest. */
  @BeforeAll
  static void warm() {
    assertThat(LangChain4j.whole(LangChain4j.defaults()).chat("What is the capital of Germany?"))
        .contains("Berlin");
  }

  @Override
  protected List<StreamingChatModel> models() {
    return List.of(LangChain4j.streaming(LangChain4j.defaults()));
  }

  @Override
  protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
    return LangChain4j.streaming(parameters);
  }

  @Override
  public StreamingChatModel createModelWith(ChatModelListener listener) {
    return LangChain4j.streaming(LangChain4j.defaults(), listener);
  }

  @Override
  protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
    return LangChain4j.own(maxOutputTokens);
  }

  @Override
  protected String customModelName() {
    return RealPlatform.MODEL;
  }

  /** Asked as so small a model understands it. */
  @Override
  @ParameterizedTest
  @MethodSource("models")
  protected void should_respect_system_message(StreamingChatModel model) {
    ChatResponse answer = chat(model, LangChain4j.translation()).chatResponse();
    assertThat(answer.aiMessage().text()).containsIgnoringCase("liebe");
  }

  /** Asked as so small a model understands it. */
  @Override
  @ParameterizedTest
  @MethodSource("models")
  protected void should_respect_multiple_messages(StreamingChatModel model) {
    ChatResponse answer = chat(model, LangChain4j.conversation()).chatResponse();
    assertThat(answer.aiMessage().text()).containsIgnoringCase("Rome");
  }

  /** With one model served, the other one, which the request's name must override, is none. */
  @Override
  @ParameterizedTest
  @MethodSource("models")
  protected void should_respect_modelName_in_chat_request(StreamingChatModel served) {
    StreamingChatModel other = createModelWith(LangChain4j.unknownModel());
    ChatRequest.Builder asked = ChatRequest.builder().messages(UserMessage.from("Say something."));
    assertThatThrownBy(() -> chat(other, asked.build()))
        .cause() // of what the test's own handler heard
        .hasCauseInstanceOf(ModelNotFoundException.class);
    ChatResponse answer = chat(other, asked.modelName(RealPlatform.MODEL).build()).chatResponse();
    assertThat(answer.metadata().modelName()).isEqualTo(RealPlatform.MODEL);
  }

  @Override
  protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(
      StreamingChatModel model) {
    return OpenAiChatResponseMetadata.class;
  }

  @Override
  protected Class<? extends TokenUsage> tokenUsageType(StreamingChatModel model) {
    return OpenAiTokenUsage.class;
  }

  /** The client knows nothing of what we refuse: its callers see our 400 and not its own class. */
  @Override
  protected boolean assertExceptionType() {
    return false;
  }

  @Override
  protected boolean supportsTools() {
    return false;
  }

  @Override
  protected boolean supportsToolChoiceRequired() {
    return false;
  }

  @Override
  protected boolean supportsJsonResponseFormat() {
    return false;
  }

  @Override
  protected boolean supportsJsonResponseFormatWithSchema() {
    return false;
  }

  @Override
  protected boolean supportsJsonResponseFormatWithRawSchema() {
    return false;
  }

  @Override
  protected boolean supportsSingleImageInputAsBase64EncodedString() {
    return false;
  }

  @Override
  protected boolean supportsSingleImageInputAsPublicURL() {
    return false;
  }
}
