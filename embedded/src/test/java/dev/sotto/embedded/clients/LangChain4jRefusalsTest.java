package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.sotto.embedded.testing.RealPlatform;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What LangChain4j can ask for and Sotto cannot do is refused by its name, before anything is
 * computed: a 400 in OpenAI's shape, which the client hands to its caller. LangChain4j's own tests
 * take any failure for a refusal.
 */
@ExtendWith(RealPlatform.class)
class LangChain4jRefusalsTest {
  private static final ToolSpecification TOOL =
      ToolSpecification.builder()
          .name("weather")
          .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
          .build();
  private static final String RAW_SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}";
  private static final String NO_PIXEL = "R0lGODlhAQABAAAAACw=";

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("tools", asked().toolSpecifications(TOOL).build()),
        Arguments.of(
            "tools", asked().toolSpecifications(TOOL).toolChoice(ToolChoice.REQUIRED).build()),
        Arguments.of("response_format.type", asked().responseFormat(ResponseFormat.JSON).build()),
        Arguments.of(
            "response_format.type",
            asked()
                .responseFormat(
                    json(
                        JsonSchema.builder()
                            .name("Answer")
                            .rootElement(
                                JsonObjectSchema.builder().addStringProperty("city").build())
                            .build()))
                .build()),
        Arguments.of(
            "response_format.type",
            asked()
                .responseFormat(
                    json(
                        JsonSchema.builder()
                            .name("Answer")
                            .rootElement(JsonRawSchema.from(RAW_SCHEMA))
                            .build()))
                .build()),
        Arguments.of("messages[0].content[1].type", seen(ImageContent.from(NO_PIXEL, "image/gif"))),
        Arguments.of(
            "messages[0].content[1].type",
            seen(ImageContent.from("https://images.invalid/cat.jpg"))));
  }

  private static ChatRequest.Builder asked() {
    return ChatRequest.builder().messages(UserMessage.from("Where is Munich?"));
  }

  private static ChatRequest seen(ImageContent image) {
    return ChatRequest.builder()
        .messages(UserMessage.from(TextContent.from("What do you see?"), image))
        .build();
  }

  private static ResponseFormat json(JsonSchema schema) {
    return ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();
  }

  @ParameterizedTest
  @MethodSource("refused")
  void isRefusedByName(String param, ChatRequest request) {
    var model = LangChain4j.whole(LangChain4j.defaults());
    assertRefused(catchThrowable(() -> model.chat(request)), param);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void isRefusedByNameBeforeAStreamBegins(String param, ChatRequest request) throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    LangChain4j.streaming(LangChain4j.defaults())
        .chat(
            request,
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String text) {
                failure.completeExceptionally(new AssertionError("answered"));
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                failure.completeExceptionally(new AssertionError("answered"));
              }

              @Override
              public void onError(Throwable error) {
                failure.complete(error);
              }
            });
    assertRefused(failure.get(LangChain4j.PATIENCE.toMillis(), TimeUnit.MILLISECONDS), param);
  }

  private static void assertRefused(Throwable failure, String param) {
    assertThat(failure)
        .isExactlyInstanceOf(InvalidRequestException.class)
        .cause()
        .isInstanceOfSatisfying(
            HttpException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(400);
              JsonNode body = JsonMapper.shared().readTree(e.getMessage());
              assertThat(body.propertyNames()).containsExactly("error");
              JsonNode error = body.path("error");
              assertThat(error.propertyNames())
                  .containsExactlyInAnyOrder("message", "type", "param", "code");
              assertThat(error.path("param").stringValue()).isEqualTo(param);
              assertThat(error.path("code").stringValue()).isEqualTo("unsupported_parameter");
              assertThat(error.path("type").stringValue()).isEqualTo("invalid_request_error");
              assertThat(error.path("message").stringValue()).contains(param);
            });
  }
}
