package dev.sotto.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.OfferedModel;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.event.Topic;
import dev.sotto.disposable.DisposableData;
import dev.sotto.gateway.keys.Scope;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.Lanes;
import dev.sotto.gateway.testing.ScriptedPlatform;
import dev.sotto.gateway.testing.TestGateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
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
          return List.of(Lanes.signed(failed(first, failure)));
        };
    SealedResults results = SealedResults.decode(put(Lanes.step(job, 0)).raw().body());
    assertThat(results.results()).hasSize(1);
    assertThat(results.results().getFirst().outcome())
        .isInstanceOf(PartialResult.Outcome.Failed.class);
  }

  static PartialResult failed(PartialResult result, Failure failure) {
    return new PartialResult(
        result.jobId(),
        result.laneId(),
        0,
        result.role(),
        result.serial(),
        Usage.NONE,
        new PartialResult.Outcome.Failed(failure));
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
  void aJobGoesOnAtAnotherInstanceAndAfterARestart() throws InterruptedException {
    JobId job = Lanes.job();
    open(job);
    put(Lanes.step(job, 0));
    becomes(job, "running");
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
  void theClientAndThisServerAgree() throws InterruptedException {
    try (HttpJobChannel channel =
        new HttpJobChannel(gateway.base(), gateway.key(), InstantSource.system())) {
      JobId job = Lanes.job();
      JobRequest request =
          new JobRequest(
              job, TestGateway.MODEL, Protection.PASSIVE, 5, 7, Instant.now().plusSeconds(120));
      assertThat(channel.open(request).lanes()).hasSize(1);
      assertThat(channel.step(Lanes.step(job, 0)).results()).hasSize(3);
      channel.end(job, Reason.FINISHED);
      channel.end(job, Reason.CANCELLED);
      assertThat(platform.finish().reason()).isEqualTo(Reason.FINISHED);
      OfferedModel offered = channel.models().getFirst();
      assertThat(offered.name()).isEqualTo(TestGateway.MODEL);
      assertThat(offered.protections()).containsExactly(Protection.PASSIVE);
      assertThat(channel.publicPart(TestGateway.MODEL).modelDigest())
          .isEqualTo(offered.modelDigest());
    }
  }

  @Test
  void aTraceGoesOnFromTheRequestToTheBroker() {
    JobId job = Lanes.job();
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    Answer answer =
        http.send(
            http.request("/v1/sealed/jobs")
                .header("Content-Type", "application/json")
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .POST(BodyPublishers.ofString(asking(job, 5, 7, Instant.now().plusSeconds(100)))));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(platform.traces.get(Topic.JOBS.topicName())).contains(trace);
    SealedStep step = Lanes.step(job, 0);
    http.send(
        http.request("/v1/sealed/jobs/" + job + "/steps/0")
            .header("Content-Type", "application/octet-stream")
            .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
            .PUT(BodyPublishers.ofByteArray(step.encode())));
    assertThat(platform.traces.get(Topic.STEPS.topicName())).contains(trace);
  }
}
