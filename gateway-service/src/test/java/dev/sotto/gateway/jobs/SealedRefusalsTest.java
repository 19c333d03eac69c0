package dev.sotto.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.disposable.DisposableData;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.Lanes;
import dev.sotto.gateway.testing.ScriptedPlatform;
import dev.sotto.gateway.testing.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the sealed API refuses, and with what words. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SealedRefusalsTest {
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
    http = gateway.http();
  }

  @AfterEach
  void unscript() {
    platform.close();
  }

  private Answer open(JobId job) {
    return http.post(
        "/v1/sealed/jobs", SealedApiTest.asking(job, 5, 7, Instant.now().plusSeconds(120)));
  }

  @Test
  void refusalsSayWhoIsToDoWhat() {
    record Case(String code, boolean retryable, int status, String type) {}
    for (Case one :
        List.of(
            new Case("insufficient_quota", false, 429, "insufficient_quota"),
            new Case("queue_full", true, 429, "rate_limit_error"),
            new Case("no_lane", true, 503, "server_error"),
            new Case("unknown_model", false, 404, "invalid_request_error"),
            new Case("context_length_exceeded", false, 400, "invalid_request_error"))) {
      platform.onRequest =
          asked ->
              List.of(
                  ScriptedPlatform.ended(asked, Outcome.REFUSED, one.code(), one.retryable(), 0));
      JobId job = Lanes.job();
      Answer answer = open(job);
      assertThat(answer.status()).as(one.code()).isEqualTo(one.status());
      assertThat(answer.text("/error/code")).isEqualTo(one.code());
      assertThat(answer.text("/error/type")).isEqualTo(one.type());
      assertThat(open(job).text("/error/code")).isEqualTo(one.code());
    }
  }

  @Test
  void theDeadlineEndsWaiting() {
    platform.onRequest = asked -> List.of();
    Answer answer =
        http.post(
            "/v1/sealed/jobs",
            SealedApiTest.asking(Lanes.job(), 5, 7, Instant.now().plusMillis(800)));
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.text("/error/code")).isEqualTo("deadline_exceeded");
  }

  @Test
  void badRequestsAreNamed() {
    Instant soon = Instant.now().plusSeconds(60);
    String good = SealedApiTest.asking(Lanes.job(), 5, 7, soon);
    record Case(String body, String param) {}
    for (Case one :
        List.of(
            new Case(good.replaceFirst("\"job_id\":\"..", "\"job_id\":\""), "job_id"),
            new Case(good.replace("passive", "none"), "protection"),
            new Case(good.replace("\"prompt_tokens\":5,", ""), "prompt_tokens"),
            new Case(good.replace("\"max_tokens\":7", "\"max_tokens\":null"), "max_tokens"))) {
      Answer answer = http.post("/v1/sealed/jobs", one.body());
      assertThat(answer.status()).as(one.body()).isEqualTo(400);
      assertThat(answer.text("/error/param")).as(one.body()).isEqualTo(one.param());
    }
    assertThat(http.post("/v1/sealed/jobs", SealedApiTest.asking(Lanes.job(), 0, 7, soon)).status())
        .isEqualTo(400);
    assertThat(
            http.post("/v1/sealed/jobs", SealedApiTest.asking(Lanes.job(), 500, 200, soon))
                .text("/error/code"))
        .isEqualTo("context_length_exceeded");
    assertThat(
            http.post(
                    "/v1/sealed/jobs",
                    SealedApiTest.asking(Lanes.job(), 5, 7, Instant.now().plusSeconds(7200)))
                .status())
        .isEqualTo(400);
    assertThat(
            http.post("/v1/sealed/jobs", good.replace(TestGateway.MODEL, "nothing"))
                .text("/error/code"))
        .isEqualTo("model_not_found");
    JobId job = Lanes.job();
    open(job);
    assertThat(http.put("/v1/sealed/jobs/" + job + "/steps/0", new byte[10]).status())
        .isEqualTo(400);
    assertThat(
            http.put("/v1/sealed/jobs/" + job + "/steps/1", Lanes.step(job, 0).encode()).status())
        .isEqualTo(400);
    assertThat(
            http.put("/v1/sealed/jobs/" + job + "/steps/0", new byte[SealedStep.MAX_BYTES + 1])
                .status())
        .isEqualTo(413);
  }

  @Test
  void thePublicPartIsHandedOutByteForByte() throws IOException {
    Answer answer = http.get("/v1/sealed/models/" + TestGateway.MODEL + "/public");
    assertThat(answer.raw().body())
        .isEqualTo(
            Files.readAllBytes(folder.resolve("models/" + TestGateway.MODEL + "/model.json")));
    assertThat(http.get("/v1/sealed/models/nothing/public").status()).isEqualTo(404);
  }
}
