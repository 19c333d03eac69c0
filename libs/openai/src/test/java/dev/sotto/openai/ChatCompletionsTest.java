package dev.sotto.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sotto.client.lane.LaneException;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.Protection;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

@ApiTest
class ChatCompletionsTest {
  private static final String PATH = "/v1/chat/completions";

  private final TestHost host;
  private final Call call;

  ChatCompletionsTest(@Autowired TestHost host, @LocalServerPort int port) {
    this.host = host;
    this.call = new Call(port);
  }

  @BeforeEach
  void reset() {
    host.reset();
  }

  private HttpResponse<String> ask(String more, String... headers) throws Exception {
    return call.post(
        PATH,
        "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]%s}"
            .formatted(more),
        headers);
  }

  private List<JsonNode> stream(String more) throws Exception {
    HttpResponse<String> answer = ask(",\"stream\":true" + more);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    return Call.events(answer.body());
  }

  private static String content(List<JsonNode> chunks) {
    return chunks.stream()
        .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
        .collect(Collectors.joining());
  }

  @Test
  void anAnswerHasOpenAisShape() throws Exception {
    HttpResponse<String> answer = ask("");
    JsonNode json = Call.json(answer.body());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json.get("id").asString()).startsWith("chatcmpl-");
    assertThat(json.get("object").asString()).isEqualTo("chat.completion");
    assertThat(json.get("model").asString()).isEqualTo("small");
    assertThat(json.at("/choices/0/message/role").asString()).isEqualTo("assistant");
    assertThat(json.at("/choices/0/message/content").asString()).isEqualTo("Hello there.");
    assertThat(json.at("/choices/0/message/refusal").isNull()).isTrue();
    assertThat(json.at("/choices/0/logprobs").isNull()).isTrue();
    assertThat(json.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    TestHost.Job job = host.jobs.getFirst();
    assertThat(json.at("/usage/prompt_tokens").asInt()).isEqualTo(job.promptTokens);
    assertThat(json.at("/usage/completion_tokens").asInt()).isEqualTo(job.fed.size());
    assertThat(json.at("/usage/total_tokens").asInt()).isEqualTo(job.promptTokens + job.fed.size());
    assertThat(json.at("/x_sotto/protection").asString()).isEqualTo("passive");
    assertThat(json.at("/x_sotto/enclave").asString()).isEqualTo("sidecar");
    assertThat(job.finished).isTrue();
    assertThat(host.used).containsExactly(job.promptTokens + "+" + job.fed.size());
    assertThat(host.admitted).hasValue(0);
  }

  @Test
  void headersSayWhoAnsweredAndHow() throws Exception {
    var headers = ask("").headers();
    assertThat(headers.firstValue("x-request-id").orElse("")).matches("req_[0-9a-f]{32}");
    assertThat(headers.firstValue("openai-processing-ms").orElse("")).matches("[0-9]+");
    assertThat(headers.firstValue("x-sotto-enclave")).hasValue("sidecar");
    assertThat(headers.firstValue("x-sotto-protection")).hasValue("passive");
    assertThat(headers.firstValue("x-ratelimit-remaining-requests")).hasValue("41");
  }

  @Test
  void aStreamBeginsWithTheRoleAndEndsWithTheReason() throws Exception {
    HttpResponse<String> answer = ask(",\"stream\":true");
    assertThat(answer.body()).endsWith("data: [DONE]\n\n");
    List<JsonNode> chunks = Call.events(answer.body());
    assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
    assertThat(content(chunks)).isEqualTo("Hello there.");
    Set<String> same = new HashSet<>();
    for (JsonNode chunk : chunks) {
      same.add(chunk.get("id").asString() + chunk.get("created") + chunk.get("object"));
      assertThat(chunk.at("/choices/0").has("finish_reason")).isTrue();
      assertThat(chunk.has("usage")).isFalse();
      assertThat(chunk.has("obfuscation")).isFalse();
    }
    assertThat(same).hasSize(1);
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allMatch(chunk -> chunk.at("/choices/0/finish_reason").isNull());
    assertThat(chunks.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(chunks.getLast().at("/choices/0/delta").isEmpty()).isTrue();
  }

  @Test
  void usageComesInAChunkOfItsOwn() throws Exception {
    List<JsonNode> chunks = stream(",\"stream_options\":{\"include_usage\":true}");
    JsonNode last = chunks.getLast();
    assertThat(last.get("choices").isEmpty()).isTrue();
    assertThat(last.at("/usage/completion_tokens").asInt())
        .isEqualTo(host.jobs.getFirst().fed.size());
    assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").asString())
        .isEqualTo("stop");
  }

  @Test
  void paddedChunksAllHaveAMultipleOfOneLength() throws Exception {
    HttpResponse<String> answer =
        ask(",\"stream\":true,\"stream_options\":{\"include_obfuscation\":true}");
    int padded = 0;
    for (String line : answer.body().lines().toList()) {
      if (line.startsWith("data: {")) {
        padded++;
        assertThat((line.length() - "data: ".length()) % 256).isZero();
      }
    }
    assertThat(padded).isGreaterThan(5);
    host.obfuscates = true;
    assertThat(stream("")).allMatch(chunk -> chunk.has("obfuscation"));
    assertThat(stream(",\"stream_options\":{\"include_obfuscation\":false}"))
        .noneMatch(chunk -> chunk.has("obfuscation"));
  }

  @Test
  void severalAnswersAreSeveralJobs() throws Exception {
    host.says = List.of("One.", "Two.", "Three.");
    JsonNode json = Call.json(ask(",\"n\":3,\"seed\":1").body());
    assertThat(json.get("choices")).hasSize(3);
    assertThat(json.at("/choices/1/message/content").asString()).isEqualTo("Two.");
    assertThat(json.at("/choices/2/index").asInt()).isEqualTo(2);
    assertThat(host.jobs).hasSize(3).allMatch(job -> job.finished);
    assertThat(json.at("/usage/prompt_tokens").asInt())
        .isEqualTo(host.jobs.getFirst().promptTokens);
  }

  @Test
  void stopStringsAndBoundsEndAnAnswer() throws Exception {
    JsonNode stopped = Call.json(ask(",\"stop\":\"there\"").body());
    assertThat(stopped.at("/choices/0/message/content").asString()).isEqualTo("Hello ");
    assertThat(stopped.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    JsonNode cut = Call.json(ask(",\"max_completion_tokens\":3").body());
    assertThat(cut.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(cut.at("/usage/completion_tokens").asInt()).isEqualTo(3);
    assertThat(host.jobs.getLast().maxTokens).isEqualTo(3);
    assertThat(content(stream(",\"stop\":[\"zzz\",\" there\"]"))).isEqualTo("Hello");
  }

  @Test
  void probabilitiesComeWithTheirTokens() throws Exception {
    JsonNode json = Call.json(ask(",\"logprobs\":true,\"top_logprobs\":2").body());
    JsonNode content = json.at("/choices/0/logprobs/content");
    StringBuilder text = new StringBuilder();
    content.forEach(token -> text.append(token.get("token").asString()));
    assertThat(text).hasToString("Hello there.");
    assertThat(content.get(0).get("logprob").asDouble()).isCloseTo(0, within(1e-6));
    assertThat(content.get(0).get("top_logprobs")).hasSize(2);
    assertThat(content.get(0).at("/top_logprobs/0/token").asString())
        .isEqualTo(content.get(0).get("token").asString());
    assertThat(content.get(0).get("bytes").get(0).asInt()).isEqualTo('H');
    StringBuilder streamed = new StringBuilder();
    for (JsonNode chunk : stream(",\"logprobs\":true,\"stop\":\"there\"")) {
      chunk
          .at("/choices/0/logprobs/content")
          .forEach(token -> streamed.append(token.get("token").asString()));
    }
    assertThat(streamed.toString()).startsWith("Hello").doesNotContain("there");
  }

  @Test
  void aConversationIsTemplated() throws Exception {
    String body =
        """
        {"model":"small","messages":[{"role":"developer","content":"Be brief."},
        {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
        {"role":"assistant","content":"c","refusal":null,"tool_calls":[]},
        {"role":"user","content":"d"}]}""";
    assertThat(call.post(PATH, body).statusCode()).isEqualTo(200);
    assertThat(host.tokenizer.decode(host.jobs.getFirst().fed.getFirst()))
        .contains("system\nBe brief.", "user\nab", "assistant\nc", "user\nd");
  }

  @Test
  void aProtectionMayBeAskedFor() throws Exception {
    HttpResponse<String> answer = ask(",\"x_sotto\":{\"protection\":\"compared\"}");
    assertThat(host.jobs.getFirst().protection).isEqualTo(Protection.COMPARED);
    assertThat(answer.headers().firstValue("x-sotto-protection")).hasValue("compared");
    assertThat(Call.json(answer.body()).at("/x_sotto/protection").asString()).isEqualTo("compared");
  }

  @Test
  void aStreamThatWaitsSaysSo() throws Exception {
    host.keepAlive = Duration.ofMillis(20);
    CountDownLatch commented = new CountDownLatch(1);
    host.beforeOpen = () -> Until.passed(commented, Duration.ofMillis(300));
    HttpResponse<String> answer = ask(",\"stream\":true");
    assertThat(answer.body()).startsWith(": keep-alive\n\n").endsWith("data: [DONE]\n\n");
    assertThat(content(Call.events(answer.body()))).isEqualTo("Hello there.");
  }

  @Test
  void aRefusalBeforeAnythingIsComputedHasItsStatus() throws Exception {
    host.beforeOpen =
        () -> {
          throw new JobRefused(
              JobRefused.Kind.LIMITED, "insufficient_quota", "The cap is reached.", false);
        };
    for (String stream : List.of("", ",\"stream\":true")) {
      HttpResponse<String> answer = ask(stream);
      assertThat(answer.statusCode()).isEqualTo(429);
      JsonNode error = Call.json(answer.body()).get("error");
      assertThat(error.get("code").asString()).isEqualTo("insufficient_quota");
      assertThat(error.get("type").asString()).isEqualTo("insufficient_quota");
      assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
    }
    assertThat(host.admitted).hasValue(0);
  }

  @Test
  void afterComputeClientsAreToldNotToRepeat() throws Exception {
    host.beforeStep =
        step -> {
          if (step == 2) {
            throw new LaneException(Failure.Code.PEER_GONE, "dealer is gone", null);
          }
        };
    HttpResponse<String> answer = ask("");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
    assertThat(answer.headers().firstValue("retry-after")).isEmpty();
    assertThat(Call.json(answer.body()).at("/error/code").asString()).isEqualTo("lane_peer_gone");
    List<JsonNode> chunks = stream("");
    assertThat(chunks.getLast().at("/error/code").asString()).isEqualTo("lane_peer_gone");
    assertThat(chunks.getLast().get("error").propertyNames())
        .containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(host.jobs).noneMatch(job -> job.finished);
    assertThat(host.used).hasSize(2).allMatch(used -> used.endsWith("+2"));
  }

  @Test
  void aFaultOfOursTellsNothing() throws Exception {
    host.beforeStep =
        _ -> {
          throw new IllegalStateException("a secret");
        };
    HttpResponse<String> answer = ask("");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("internal_error").doesNotContain("secret");
    HttpResponse<String> streamed = ask(",\"stream\":true");
    assertThat(streamed.body()).contains("internal_error").doesNotContain("secret");
  }
}
