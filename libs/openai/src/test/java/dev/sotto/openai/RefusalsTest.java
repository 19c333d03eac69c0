package dev.sotto.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Every refusal names its field, in OpenAI's shape. */
@ApiTest
class RefusalsTest {
  private final TestHost host;
  private final Call call;

  RefusalsTest(@Autowired TestHost host, @LocalServerPort int port) {
    this.host = host;
    this.call = new Call(port);
  }

  @BeforeEach
  void reset() {
    host.reset();
  }

  private void refused(HttpResponse<String> answer, int status, String code, String param) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode json = Call.json(answer.body());
    assertThat(json.propertyNames()).containsExactly("error");
    JsonNode error = json.get("error");
    assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(error.get("code").asString("")).isEqualTo(code);
    if (param.isEmpty()) {
      assertThat(error.get("param").isNull()).isTrue();
    } else {
      assertThat(error.get("param").asString("")).isEqualTo(param);
    }
    assertThat(error.get("message").asString("")).isNotBlank();
    assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    assertThat(host.jobs).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"temperature\":\"hot\"|invalid_type|temperature",
        "\"temperature\":2.5|invalid_value|temperature",
        "\"top_p\":-0.1|invalid_value|top_p",
        "\"n\":0|invalid_value|n",
        "\"n\":9|invalid_value|n",
        "\"n\":1.5|invalid_type|n",
        "\"max_tokens\":0|invalid_value|max_tokens",
        "\"max_completion_tokens\":99999999999999999999|invalid_value|max_completion_tokens",
        "\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]|invalid_value|stop",
        "\"stop\":\"\"|invalid_value|stop",
        "\"stop\":3|invalid_type|stop",
        "\"seed\":\"x\"|invalid_type|seed",
        "\"logprobs\":1|invalid_type|logprobs",
        "\"top_logprobs\":3|invalid_value|top_logprobs",
        "\"logprobs\":true,\"top_logprobs\":21|invalid_value|top_logprobs",
        "\"logit_bias\":{\"x\":1}|invalid_value|logit_bias",
        "\"logit_bias\":{\"3\":101}|invalid_value|logit_bias.3",
        "\"frequency_penalty\":3|invalid_value|frequency_penalty",
        "\"presence_penalty\":-3|invalid_value|presence_penalty",
        "\"stream\":\"yes\"|invalid_type|stream",
        "\"stream_options\":{\"include_usage\":true}|invalid_value|stream_options",
        "\"stream\":true,\"stream_options\":{\"x\":1}|unsupported_parameter|stream_options.x",
        "\"response_format\":{\"type\":\"json_object\"}|unsupported_parameter|response_format.type",
        "\"tools\":[{\"type\":\"function\"}]|unsupported_parameter|tools",
        "\"tool_choice\":\"required\"|unsupported_parameter|tool_choice",
        "\"functions\":[{}]|unsupported_parameter|functions",
        "\"modalities\":[\"audio\"]|unsupported_parameter|modalities",
        "\"reasoning_effort\":\"low\"|unsupported_parameter|reasoning_effort",
        "\"web_search_options\":{}|unsupported_parameter|web_search_options",
        "\"top_k\":3|unsupported_parameter|top_k",
        "\"x_sotto\":{\"protection\":\"none\"}|unsupported_parameter|x_sotto.protection",
      })
  void chatFieldsAreRefusedByName(String field, String code, String param) throws Exception {
    String body =
        "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],%s}"
            .formatted(field);
    refused(call.post("/v1/chat/completions", body), 400, code, param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|missing_required_parameter|model",
        "{\"model\":\"small\"}|missing_required_parameter|messages",
        "{\"model\":3}|invalid_type|model",
        "{\"model\":\"small\",\"messages\":[]}|invalid_value|messages",
        "{\"model\":\"small\",\"messages\":\"hi\"}|invalid_type|messages",
        "{\"model\":\"small\",\"messages\":[3]}|invalid_type|messages[0]",
        "{\"model\":\"small\",\"messages\":[{\"role\":\"user\"}]}|missing_required_parameter|messages[0].content",
        "{\"model\":\"small\",\"messages\":[{\"content\":\"x\"}]}|missing_required_parameter|messages[0].role",
        "{\"model\":\"small\",\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}|unsupported_parameter|messages[0].role",
        "{\"model\":\"small\",\"messages\":[{\"role\":\"king\",\"content\":\"x\"}]}|invalid_value|messages[0].role",
        "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"name\":\"bob\"}]}|unsupported_parameter|messages[0].name",
        "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}|unsupported_parameter|messages[0].content[0].type",
        "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}|invalid_value|messages[0].content",
      })
  void messagesAreRefusedByName(String body, String code, String param) throws Exception {
    refused(call.post("/v1/chat/completions", body), 400, code, param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"prompt\":\"\"|invalid_value|prompt",
        "\"prompt\":[]|invalid_value|prompt",
        "\"prompt\":[300]|invalid_value|prompt[0]",
        "\"prompt\":[[1,2],[\"x\"]]|invalid_type|prompt[1][0]",
        "\"prompt\":{}|invalid_type|prompt",
        "\"prompt\":[\"a\",\"b\",\"c\"],\"n\":3|invalid_value|n",
        "\"prompt\":\"a\",\"logprobs\":6|invalid_value|logprobs",
        "\"prompt\":\"a\",\"echo\":true|unsupported_parameter|echo",
        "\"prompt\":\"a\",\"best_of\":3|unsupported_parameter|best_of",
        "\"prompt\":\"a\",\"suffix\":\"b\"|unsupported_parameter|suffix",
        "\"prompt\":\"a\",\"messages\":[]|unsupported_parameter|messages",
      })
  void completionFieldsAreRefusedByName(String field, String code, String param) throws Exception {
    refused(
        call.post("/v1/completions", "{\"model\":\"small\",%s}".formatted(field)),
        400,
        code,
        param);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"input\":[]|invalid_value|input",
        "\"input\":[{\"type\":\"function_call\"}]|unsupported_parameter|input[0].type",
        "\"input\":\"a\",\"previous_response_id\":\"resp_1\"|unsupported_parameter|previous_response_id",
        "\"input\":\"a\",\"conversation\":\"c\"|unsupported_parameter|conversation",
        "\"input\":\"a\",\"tools\":[{\"type\":\"web_search\"}]|unsupported_parameter|tools",
        "\"input\":\"a\",\"background\":true|unsupported_parameter|background",
        "\"input\":\"a\",\"truncation\":\"auto\"|unsupported_parameter|truncation",
        "\"input\":\"a\",\"seed\":1|unsupported_parameter|seed",
        "\"input\":\"a\",\"text\":{\"format\":{\"type\":\"json_schema\"}}|unsupported_parameter|text.format.type",
        "\"input\":\"a\",\"include\":[\"reasoning.encrypted_content\"]|unsupported_parameter|include[0]",
        "\"input\":\"a\",\"max_output_tokens\":0|invalid_value|max_output_tokens",
      })
  void responseFieldsAreRefusedByName(String field, String code, String param) throws Exception {
    refused(
        call.post("/v1/responses", "{\"model\":\"small\",%s}".formatted(field)), 400, code, param);
  }

  @Test
  void modelsThatAreNoneAreNotFound() throws Exception {
    refused(
        call.post(
            "/v1/chat/completions",
            "{\"model\":\"gpt-9\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"),
        404,
        "model_not_found",
        "model");
    refused(call.send("GET", "/v1/models/gpt-9", ""), 404, "model_not_found", "model");
  }

  @Test
  void aConversationThatIsTooLongIsRefused() throws Exception {
    String body =
        "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
            .formatted("x~".repeat(400));
    refused(call.post("/v1/chat/completions", body), 400, "invalid_value", "messages");
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    String path = "/v1/chat/completions";
    for (String body : new String[] {"{", "[]", "null", "{\"model\":1,\"model\":2}", "{}x"}) {
      refused(call.post(path, body), 400, "invalid_json", "");
    }
    refused(call.post(path, "[".repeat(5000)), 400, "invalid_json", "");
    refused(call.post(path, "x", "Content-Type", "text/plain"), 415, "unsupported_media_type", "");
    refused(call.send("GET", path, ""), 405, "method_not_supported", "");
    refused(call.send("DELETE", "/v1/models", ""), 405, "method_not_supported", "");
    refused(call.send("GET", "/v1/nothing", ""), 404, "unknown_url", "");
    refused(call.post("/v2", "{}"), 404, "unknown_url", "");
    String long1 = "{\"model\":\"" + "x".repeat(1 << 20) + "\"}";
    refused(call.post(path, long1), 413, "request_too_large", "");
  }

  @Test
  void whatChangesNothingIsIgnored() throws Exception {
    String body =
        """
        {"model":"small","messages":[{"role":"user","content":"hi"}],"user":"u","metadata":{"a":"b"},
        "store":true,"ignore_eos":true,"tools":[],"parallel_tool_calls":true,"service_tier":"auto",
        "response_format":{"type":"text"},"tool_choice":"none","reasoning_effort":null,
        "stream":true,"stream_options":{"continuous_usage_stats":true}}""";
    assertThat(call.post("/v1/chat/completions", body).statusCode()).isEqualTo(200);
  }
}
