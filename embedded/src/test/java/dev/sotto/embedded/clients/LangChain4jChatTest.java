package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;
import dev.sotto.embedded.testing.RealPlatform;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * LangChain4j's tests of chat models, against the whole platform. What is not applicable is listed,
 * with reasons, in docs/api/clients.md. Of that its tests want to see any failure; which one, says
 * {@link LangChain4jRefusalsTest}.
 */
@ExtendWith(RealPlatform.class)
class LangChain4jChatTest extends AbstractChatModelIT {
  @Override
  protected List<ChatModel> models() {
    return List.of(LangChain4j.whole(LangChain4j.defaults()));
  }

  @Override
  protected ChatModel createModelWith(ChatRequestParameters parameters) {
    return LangChain4j.whole(parameters);
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
  protected void should_respect_system_message(ChatModel model) {
    ChatResponse answer = chat(model, LangChain4j.translation()).chatResponse();
    assertThat(answer.aiMessage().text()).containsIgnoringCase("liebe");
  }

  /** Asked as so small a model understands it. */
  @Override
  @ParameterizedTest
  @MethodSource("models")
  protected void should_respect_multiple_messages(ChatModel model) {
    ChatResponse answer = chat(model, LangChain4j.conversation()).chatResponse();
    assertThat(answer.aiMessage().text()).containsIgnoringCase("Rome");
  }

  /** With one model served, the other one, which the request's name must override, is none. */
  @Override
  @ParameterizedTest
  @MethodSource("models")
  protected void should_respect_modelName_in_chat_request(ChatModel served) {
    ChatModel other = createModelWith(LangChain4j.unknownModel());
    ChatRequest.Builder asked = ChatRequest.builder().messages(UserMessage.from("Say something."));
    assertThatThrownBy(() -> chat(other, asked.build())).isInstanceOf(ModelNotFoundException.class);
    ChatResponse answer = chat(other, asked.modelName(RealPlatform.MODEL).build()).chatResponse();
    assertThat(answer.metadata().modelName()).isEqualTo(RealPlatform.MODEL);
  }

  @Override
  protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
    return OpenAiChatResponseMetadata.class;
  }

  @Override
  protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
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
