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
import dev.langchain4j.model.openai.OpenAiChatModel;
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
 * with reasons, in docs/api/clients.md; of that, its tests want to see a refusal.
 */
@ExtendWith(RealPlatform.class)
class LangChain4jChatTest extends AbstractChatModelIT {
  private static ChatModel model(ChatRequestParameters parameters) {
    return OpenAiChatModel.builder()
        .baseUrl(RealPlatform.baseUrl())
        .apiKey(RealPlatform.key())
        .timeout(LangChain4j.PATIENCE)
        .maxRetries(0)
        .defaultRequestParameters(parameters)
        .build();
  }

  @Override
  protected List<ChatModel> models() {
    return List.of(model(LangChain4j.defaults()));
  }

  @Override
  protected ChatModel createModelWith(ChatRequestParameters parameters) {
    return model(LangChain4j.defaults().overrideWith(parameters));
  }

  @Override
  protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
    return LangChain4j.own(maxOutputTokens);
  }

  @Override
  protected String customModelName() {
    return RealPlatform.MODEL;
  }

  /** With one model served, the other one, which the request's name must override, is none. */
  @Override
  @ParameterizedTest
  @MethodSource("models")
  protected void should_respect_modelName_in_chat_request(ChatModel served) {
    ChatRequestParameters none =
        ChatRequestParameters.builder().modelName("no-such-model").maxOutputTokens(1).build();
    ChatModel other = createModelWith(none);
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
