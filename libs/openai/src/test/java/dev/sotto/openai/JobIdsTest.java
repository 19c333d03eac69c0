package dev.sotto.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.client.platform.JobRefused;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** A caller learns under which ids its answer's receipts are found. */
@ApiTest
class JobIdsTest {
  private static final String FIRST = TestHost.jobId(0).toString();
  private static final String SECOND = TestHost.jobId(1).toString();

  private final TestHost host;
  private final Call call;

  JobIdsTest(@Autowired TestHost host, @LocalServerPort int port) {
    this.host = host;
    this.call = new Call(port);
  }

  @BeforeEach
  void reset() {
    host.reset();
  }

  private HttpResponse<String> chat(String more, String... headers) throws Exception {
    return call.post(
        "/v1/chat/completions",
        "{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]%s}"
            .formatted(more),
        headers);
  }

  private static List<String> jobs(JsonNode body) {
    return body.at("/x_sotto/jobs").valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void aWholeAnswerNamesAllItsJobs() throws Exception {
    HttpResponse<String> one = chat("");
    assertThat(one.headers().firstValue("x-sotto-job")).hasValue(FIRST);
    assertThat(jobs(Call.json(one.body()))).containsExactly(FIRST);
    host.reset();
    HttpResponse<String> two = chat(",\"n\":2");
    assertThat(two.headers().firstValue("x-sotto-job")).hasValue(FIRST + ", " + SECOND);
    assertThat(jobs(Call.json(two.body()))).containsExactly(FIRST, SECOND);
  }

  @Test
  void aStreamNamesTheFirstInItsHeadAndEachWithWhatItSays() throws Exception {
    HttpResponse<String> answer = chat(",\"n\":2,\"stream\":true");
    assertThat(answer.headers().firstValue("x-sotto-job")).hasValue(FIRST);
    for (JsonNode chunk : Call.events(answer.body())) {
      assertThat(jobs(chunk))
          .isEqualTo(
              chunk.at("/choices/0/index").asInt() == 0 ? List.of(FIRST) : List.of(FIRST, SECOND));
    }
  }

  /** A stream that waits for a lane begins with a comment: the id is drawn before. */
  @Test
  void aStreamThatMustWaitNamesItToo() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    host.keepAlive = Duration.ofMillis(5);
    host.beforeOpen = () -> Until.passed(begun, Duration.ofSeconds(30));
    HttpResponse<InputStream> answer =
        call.begun("/v1/completions", "{\"model\":\"small\",\"prompt\":\"a\",\"stream\":true}");
    assertThat(answer.headers().firstValue("x-sotto-job")).hasValue(FIRST);
    begun.countDown();
    try (InputStream body = answer.body()) {
      assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
          .startsWith(": keep-alive")
          .endsWith("data: [DONE]\n\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"stream\":true"})
  void aRepeatNamesTheJobsOfTheAnswerThatItIsGiven(String more) throws Exception {
    String key = "jobs" + more.length();
    HttpResponse<String> first = chat(more, "Idempotency-Key", key);
    HttpResponse<String> again = chat(more, "Idempotency-Key", key);
    assertThat(host.jobs).hasSize(1);
    assertThat(first.headers().firstValue("x-sotto-job")).hasValue(FIRST);
    assertThat(again.headers().firstValue("x-sotto-job")).hasValue(FIRST);
  }

  @Test
  void aRefusalNamesTheJobThatWasRefused() throws Exception {
    host.beforeOpen =
        () -> {
          throw new JobRefused(JobRefused.Kind.LIMITED, "queue_full", "Too many wait.", true);
        };
    HttpResponse<String> answer = chat(",\"stream\":true");
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("x-sotto-job")).hasValue(FIRST);
  }

  @Test
  void theOtherEndpointsNameThemAsWell() throws Exception {
    HttpResponse<String> text =
        call.post("/v1/completions", "{\"model\":\"small\",\"prompt\":[\"a\",\"b\"]}");
    assertThat(text.headers().firstValue("x-sotto-job")).hasValue(FIRST + ", " + SECOND);
    assertThat(jobs(Call.json(text.body()))).containsExactly(FIRST, SECOND);
    host.reset();
    HttpResponse<String> response =
        call.post("/v1/responses", "{\"model\":\"small\",\"input\":\"hi\",\"stream\":true}");
    assertThat(response.headers().firstValue("x-sotto-job")).hasValue(FIRST);
    assertThat(jobs(Call.events(response.body()).getLast().get("response"))).containsExactly(FIRST);
  }
}
