package dev.sotto.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.disposable.DisposableData;
import dev.sotto.gateway.keys.Scope;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.ScriptedPlatform;
import dev.sotto.gateway.testing.TestGateway;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Plain callers, whose enclave is in the gateway, over the real broker and a scripted lane. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainApiTest {
  private static final String CHAT = "/v1/chat/completions";

  @TempDir static Path folder;
  private static TestGateway gateway;
  private ScriptedPlatform platform;
  private Http http;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start(folder, Map.of());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void script() {
    platform = new ScriptedPlatform(DisposableData.kafka().bootstrap());
    platform.onRequest =
        asked ->
            List.of(
                new JobPlaced(asked.jobId(), Protection.PASSIVE, List.of(gateway.lane().manifest)));
    platform.onStep = step -> gateway.lane().answer(step);
    http = gateway.http();
  }

  @AfterEach
  void unscript() {
    platform.close();
  }

  private static String asking(int most, String more) {
    return """
        {"model":"%s","messages":[{"role":"user","content":"Say something."}],"temperature":0,
         "max_tokens":%d%s}"""
        .formatted(TestGateway.MODEL, most, more);
  }

  @Test
  void anAnswerIsGivenAndItsPlaceIsSaid() throws InterruptedException {
    Answer answer = http.post(CHAT, asking(4, ""));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("/choices/0/message/content")).isEqualTo("abab");
    assertThat(answer.json().at("/usage/completion_tokens").asInt()).isEqualTo(4);
    assertThat(answer.header("x-sotto-enclave")).isEqualTo("gateway");
    assertThat(answer.header("x-sotto-protection")).isEqualTo("passive");
    assertThat(answer.header("x-request-id")).startsWith("req_");
    String job = String.valueOf(answer.header("x-sotto-job"));
    assertThat(platform.jobs.keySet()).containsExactly(job);
    assertThat(answer.text("/x_sotto/jobs/0")).isEqualTo(job);
    assertThat(http.get("/v1/jobs/" + job).status()).isEqualTo(200);
    assertThat(answer.header("x-ratelimit-limit-requests")).isEqualTo("600");
    assertThat(answer.header("x-ratelimit-remaining-tokens")).isNotNull();
    assertThat(answer.header("x-ratelimit-reset-requests")).endsWith("s");
    assertThat(platform.finish().reason()).isEqualTo(Reason.FINISHED);
  }

  @Test
  void aStreamHidesItsTokensLengthsUnlessAskedNotTo() {
    String hidden =
        new String(
            http.post(CHAT, asking(4, ",\"stream\":true")).raw().body(), StandardCharsets.UTF_8);
    assertThat(hidden).contains("\"obfuscation\"").endsWith("data: [DONE]\n\n");
    String plain =
        new String(
            http.post(
                    CHAT,
                    asking(
                        4, ",\"stream\":true,\"stream_options\":{\"include_obfuscation\":false}"))
                .raw()
                .body(),
            StandardCharsets.UTF_8);
    assertThat(plain).doesNotContain("\"obfuscation\"").endsWith("data: [DONE]\n\n");
  }

  @Test
  void aCallerThatLeavesCancelsItsJob() throws IOException, InterruptedException {
    String body = asking(200, ",\"stream\":true");
    URI base = URI.create(gateway.base());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), base.getPort())) {
      socket.setSoTimeout(60_000);
      OutputStream out = socket.getOutputStream();
      String head =
          String.join(
              "\r\n",
              "POST " + CHAT + " HTTP/1.1",
              "Host: x",
              "Authorization: Bearer " + gateway.key(),
              "Content-Type: application/json",
              "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
      out.write((head + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
      out.flush();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String line = in.readLine();
      while (line != null && !line.startsWith("data:")) {
        line = in.readLine();
      }
      assertThat(line).isNotNull();
      socket.setSoLinger(true, 0);
    }
    assertThat(platform.finish().reason()).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void whatTheTenantMayNotSpendIsNotWorthRepeating() {
    platform.onRequest =
        asked ->
            List.of(ScriptedPlatform.ended(asked, Outcome.REFUSED, "insufficient_quota", false, 0));
    Answer answer = http.post(CHAT, asking(4, ""));
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.text("/error/code")).isEqualTo("insufficient_quota");
    assertThat(answer.text("/error/type")).isEqualTo("insufficient_quota");
    assertThat(answer.header("x-should-retry")).isEqualTo("false");
  }

  @Test
  void limitsAreHeldAndSaid() throws InterruptedException {
    String project = http.post("/v1/organization/projects", "{\"name\":\"tight\"}").text("/id");
    String path = "/v1/organization/projects/" + project;
    assertThat(
            http.post(
                    path + "/rate_limits/rl_all_models",
                    """
                    {"max_requests_per_1_minute":3,"max_tokens_per_1_minute":400,
                     "max_concurrent_jobs":1}""")
                .json()
                .at("/max_concurrent_jobs")
                .asInt())
        .isEqualTo(1);
    Http tight =
        http.as(
            http.post(path + "/api_keys", "{\"name\":\"k\",\"scopes\":[\"inference\"]}")
                .text("/value"));
    platform.onStep = step -> List.of(); // the first one waits
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(() -> tight.post(CHAT, asking(4, "")));
    assertThat(platform.steps.poll(60, TimeUnit.SECONDS)).isNotNull();
    Answer second = tight.post(CHAT, asking(4, ""));
    assertThat(second.status()).isEqualTo(429);
    assertThat(second.text("/error/code")).isEqualTo("rate_limit_exceeded");
    assertThat(second.text("/error/message")).contains("1 jobs at once");
    assertThat(second.header("retry-after")).isEqualTo("1");

    Answer third = tight.post(CHAT, asking(390, ""));
    assertThat(third.status()).isEqualTo(429);
    assertThat(third.header("x-should-retry")).isEqualTo("false");

    Answer fourth = tight.post(CHAT, asking(4, ""));
    assertThat(fourth.status()).isEqualTo(429);
    assertThat(fourth.header("x-ratelimit-limit-requests")).isEqualTo("3");
    assertThat(fourth.header("x-ratelimit-remaining-requests")).isEqualTo("0");
    assertThat(Long.parseLong(String.valueOf(fourth.header("retry-after")))).isBetween(1L, 20L);
    assertThat(fourth.text("/error/message")).contains("3 requests a minute");
    // Nothing of it reached anybody.
    assertThat(platform.jobs).hasSize(1);
    platform
        .jobs
        .values()
        .forEach(
            asked ->
                platform.say(ScriptedPlatform.ended(asked, Outcome.FAILED, "lane_gone", false, 0)));
    assertThat(waiting.join().status()).isEqualTo(502);
  }

  @Test
  void aKeyWithoutTheScopeAsksForNoAnswer() {
    Answer answer = http.as(gateway.newKey(Scope.SEALED)).post(CHAT, asking(4, ""));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(platform.jobs).isEmpty();
  }

  @Test
  void aRequestThatIsRepeatedIsAnsweredOnce() {
    Answer first = repeated("0");
    Answer second = repeated("1");
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.json()).isEqualTo(first.json());
    assertThat(platform.jobs).hasSize(1);
  }

  private Answer repeated(String count) {
    return http.send(
        http.request(CHAT)
            .header("Content-Type", "application/json")
            .header("x-stainless-retry-count", count)
            .POST(BodyPublishers.ofString(asking(3, ",\"user\":\"repeats\""))));
  }

  @Test
  void noAddressThatACallerNamesIsAskedForAnything() throws IOException {
    try (ServerSocket bait = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + bait.getLocalPort() + "/x.png";
      Answer answer =
          http.post(
              CHAT,
              """
              {"model":"%s","messages":[{"role":"user","content":[{"type":"image_url",
               "image_url":{"url":"%s"}}]}]}"""
                  .formatted(TestGateway.MODEL, url));
      assertThat(answer.status()).isEqualTo(400);
      bait.setSoTimeout(1);
      assertThatThrownBy(bait::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }
}
