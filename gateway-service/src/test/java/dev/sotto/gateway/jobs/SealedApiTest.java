package dev.sotto.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.event.Topic;
import dev.sotto.data.DisposableData;
import dev.sotto.gateway.keys.Scope;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.Lanes;
import dev.sotto.gateway.testing.ScriptedPlatform;
import dev.sotto.gateway.testing.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The sealed API over the real broker, with a scripted orchestration and scripted nodes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SealedApiTest {
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

  static String asking(JobId job, int prompt, int most, Instant deadline) {
    return """
        {"job_id":"%s","model":"%s","protection":"passive","prompt_tokens":%d,"max_tokens":%d,
         "deadline":%d}"""
        .formatted(job, TestGateway.MODEL, prompt, most, deadline.toEpochMilli());
  }

  private Answer open(JobId job) {
    return http.post("/v1/sealed/jobs", asking(job, 5, 7, Instant.now().plusSeconds(120)));
  }

  private Answer put(SealedStep step) {
    return put(http, step);
  }

  private static Answer put(Http as, SealedStep step) {
    return as.put(
        "/v1/sealed/jobs/%s/steps/%d".formatted(step.jobId(), step.serial()), step.encode());
  }

  private JobRequested asked(JobId job) {
    return Objects.requireNonNull(platform.jobs.get(job.toString()));
  }

  private static String jobs(JobId job) {
    return "/v1/jobs/" + job;
  }

  private void becomes(JobId job, String status) throws InterruptedException {
    TestGateway.until(() -> http.get(jobs(job)).text("/status").equals(status));
  }

  @Test
  void aJobIsOpenedSteppedAndEnded() throws InterruptedException {
    JobId job = Lanes.job();
    Answer placed = open(job);
    assertThat(placed.status()).isEqualTo(200);
    assertThat(placed.text("/job_id")).isEqualTo(job.toString());
    assertThat(placed.text("/protection")).isEqualTo("passive");
    assertThat(placed.json().at("/lanes").size()).isEqualTo(1);
    assertThat(placed.text("/lanes/0/signatures/0/name")).isEqualTo("publisher");
    JobRequested told = asked(job);
    assertThat(told.promptTokens()).isEqualTo(5);
    assertThat(told.maxTokens()).isEqualTo(7);
    assertThat(told.modelDigest()).hasSize(64);
    becomes(job, "running");

    for (long serial = 0; serial < 3; serial++) {
      SealedStep step = Lanes.step(job, serial);
      Answer answer = put(step);
      assertThat(answer.status()).isEqualTo(200);
      SealedResults results = SealedResults.decode(answer.raw().body());
      assertThat(results.serial()).isEqualTo(serial);
      assertThat(results.results()).hasSize(3);
    }
    assertThat(http.delete("/v1/sealed/jobs/" + job + "?reason=finished").status()).isEqualTo(204);
    assertThat(platform.finish().reason()).isEqualTo(Reason.FINISHED);
    becomes(job, "completed");
    assertThat(http.delete("/v1/sealed/jobs/" + job + "?reason=cancelled").status()).isEqualTo(204);
    assertThat(platform.finishes).isEmpty();
    assertThat(put(Lanes.step(job, 3)).status()).isEqualTo(409);
  }

  @Test
  void openingAgainAnswersTheSame() {
    JobId job = Lanes.job();
    String body = asking(job, 5, 7, Instant.now().plusSeconds(100));
    Answer first = http.post("/v1/sealed/jobs", body);
    Answer second = http.post("/v1/sealed/jobs", body);
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.json()).isEqualTo(first.json());
    Answer other = http.post("/v1/sealed/jobs", asking(job, 6, 7, Instant.now().plusSeconds(100)));
    assertThat(other.text("/error/code")).isEqualTo("job_id_taken");
  }

  @Test
  void aStepThatComesAgainHasTheSameResultsAndRunsOnce() {
    JobId job = Lanes.job();
    open(job);
    SealedStep step = Lanes.step(job, 0);
    byte[] first = put(step).raw().body();
    assertThat(put(step).raw().body()).isEqualTo(first);
    assertThat(platform.steps.stream().filter(one -> one.jobId().equals(job))).hasSize(1);
    assertThat(put(Lanes.step(job, 0)).text("/error/code")).isEqualTo("step_differs");
    assertThat(put(Lanes.step(job, 2)).text("/error/code")).isEqualTo("step_not_due");
  }

  @Test
  void duplicatesReorderingAndStrangersResultsAreHarmless() {
    JobId job = Lanes.job();
    open(job);
    platform.onStep =
        step -> {
          List<PartialResult> all = new ArrayList<>(Lanes.results(step));
          Collections.reverse(all);
          List<PartialResult> said = new ArrayList<>();
          // Another step's, another lane's, then everything twice.
          said.add(Lanes.result(Lanes.step(job, step.serial() + 1), step.parts().getFirst()));
          PartialResult one = all.getFirst();
          said.add(
              new PartialResult(
                  job, "lane-9", 0, one.role(), step.serial(), Usage.NONE, one.outcome()));
          all.forEach(result -> said.addAll(List.of(result, result)));
          return said;
        };
    platform.send(Topic.PARTIAL_RESULTS, job.toString(), new byte[] {1, 2, 3});
    for (long serial = 0; serial < 4; serial++) {
      SealedResults results = SealedResults.decode(put(Lanes.step(job, serial)).raw().body());
      assertThat(results.results()).extracting(PartialResult::role).doesNotHaveDuplicates();
      assertThat(results.results()).hasSize(3);
      assertThat(results.results()).allMatch(result -> result.laneId().equals(Lanes.LANE));
    }
  }

  @Test
  void aNodesFailureIsHandedBackWithTheOthersResults() {
    JobId job = Lanes.job();
    open(job);
    platform.onStep =
        step -> {
          PartialResult first = Lanes.results(step).getFirst();
          Failure failure = new Failure(job, Failure.Code.PEER_CHEATED, "evaluator-1 cheated");
          return List.of(
              new PartialResult(
                  job,
                  first.laneId(),
                  0,
                  first.role(),
                  0,
                  Usage.NONE,
                  new PartialResult.Outcome.Failed(failure)));
        };
    SealedResults results = SealedResults.decode(put(Lanes.step(job, 0)).raw().body());
    assertThat(results.results()).hasSize(1);
    assertThat(results.results().getFirst().outcome())
        .isInstanceOf(PartialResult.Outcome.Failed.class);
  }

  @Test
  void aStepOfAJobThatEndsIsAnsweredAtOnce() {
    JobId job = Lanes.job();
    open(job);
    JobRequested asked = asked(job);
    platform.onStep =
        step -> {
          platform.say(ScriptedPlatform.ended(asked, Outcome.FAILED, "lane_gone", true, 0));
          return List.of();
        };
    Answer answer = put(Lanes.step(job, 0));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text("/error/code")).isEqualTo("lane_gone");
    assertThat(answer.header("x-should-retry")).isEqualTo("true");
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
  void nobodyElseSeesStepsOrEndsAJob() {
    JobId job = Lanes.job();
    open(job);
    Http other = http.as(gateway.newKey(Scope.SEALED));
    assertThat(other.get(jobs(job)).text("/error/code")).isEqualTo("job_not_found");
    assertThat(other.post(jobs(job) + "/cancel", "").status()).isEqualTo(404);
    assertThat(put(other, Lanes.step(job, 0)).status()).isEqualTo(404);
    assertThat(other.delete("/v1/sealed/jobs/" + job + "?reason=cancelled").status())
        .isEqualTo(404);
    assertThat(
            other
                .post("/v1/sealed/jobs", asking(job, 5, 7, Instant.now().plusSeconds(60)))
                .text("/error/code"))
        .isEqualTo("job_id_taken");
    assertThat(platform.finishes).isEmpty();
    assertThat(put(Lanes.step(job, 0)).status()).isEqualTo(200);
  }

  @Test
  void aCancelledJobIsCancelled() throws InterruptedException {
    JobId job = Lanes.job();
    open(job);
    platform.onStep = step -> List.of();
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(() -> put(Lanes.step(job, 0)));
    SealedStep begun = platform.steps.poll(60, TimeUnit.SECONDS);
    assertThat(begun).isNotNull();
    assertThat(http.post(jobs(job) + "/cancel", "").status()).isEqualTo(200);
    assertThat(platform.finish().reason()).isEqualTo(Reason.CANCELLED);
    assertThat(waiting.join().text("/error/code")).isEqualTo("job_cancelled");
    becomes(job, "cancelled");
  }

  @Test
  void statusThatComesTwiceOrLateChangesNothing() throws InterruptedException {
    JobId job = Lanes.job();
    open(job);
    JobRequested asked = asked(job);
    EventRecord end =
        new EventRecord(
            UUID.randomUUID(), 0, ScriptedPlatform.ended(asked, Outcome.COMPLETED, "", false, 3));
    platform.say(end);
    platform.say(end);
    platform.say(ScriptedPlatform.ended(asked, Outcome.FAILED, "late", true, 0));
    platform.say(ScriptedPlatform.placed(asked));
    becomes(job, "completed");
    JobId next = Lanes.job();
    open(next);
    becomes(next, "running");
    assertThat(http.get(jobs(job)).text("/status")).isEqualTo("completed");
    assertThat(http.get(jobs(job)).json().at("/completion_tokens").asInt()).isEqualTo(3);
  }

  @Test
  void aJobGoesOnAtAnotherInstanceAndAfterARestart() {
    JobId job = Lanes.job();
    open(job);
    put(Lanes.step(job, 0));
    try (TestGateway other = gateway.another(Map.of())) {
      Http there = other.http();
      assertThat(there.get(jobs(job)).text("/status")).isEqualTo("running");
      SealedResults results = SealedResults.decode(put(there, Lanes.step(job, 1)).raw().body());
      assertThat(results.results()).hasSize(3);
    }
    assertThat(put(Lanes.step(job, 1)).status()).isEqualTo(200);
  }

  @Test
  void aJobThatNobodyStepsIsCancelled() throws InterruptedException {
    try (TestGateway impatient = gateway.another(Map.of("sotto.gateway.jobs.idle", "1s"))) {
      JobId job = Lanes.job();
      assertThat(
              impatient
                  .http()
                  .post("/v1/sealed/jobs", asking(job, 5, 7, Instant.now().plusSeconds(100)))
                  .status())
          .isEqualTo(200);
      assertThat(platform.finish().jobId()).isEqualTo(job.toString());
    }
  }

  @Test
  void theDeadlineEndsWaiting() {
    platform.onRequest = asked -> List.of();
    Answer answer =
        http.post("/v1/sealed/jobs", asking(Lanes.job(), 5, 7, Instant.now().plusMillis(800)));
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.text("/error/code")).isEqualTo("deadline_exceeded");
  }

  @Test
  void badRequestsAreNamed() {
    Instant soon = Instant.now().plusSeconds(60);
    String good = asking(Lanes.job(), 5, 7, soon);
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
    assertThat(http.post("/v1/sealed/jobs", asking(Lanes.job(), 0, 7, soon)).status())
        .isEqualTo(400);
    assertThat(
            http.post("/v1/sealed/jobs", asking(Lanes.job(), 500, 200, soon)).text("/error/code"))
        .isEqualTo("context_length_exceeded");
    assertThat(
            http.post("/v1/sealed/jobs", asking(Lanes.job(), 5, 7, Instant.now().plusSeconds(7200)))
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
