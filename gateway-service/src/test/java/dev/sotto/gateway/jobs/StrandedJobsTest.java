package dev.sotto.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobStranded;
import dev.sotto.disposable.DisposableData;
import dev.sotto.gateway.testing.Http;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.Lanes;
import dev.sotto.gateway.testing.ScriptedPlatform;
import dev.sotto.gateway.testing.TestGateway;
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

/** Jobs whose lane is gone while their callers may have the whole answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrandedJobsTest {
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

  private JobId open() {
    JobId job = Lanes.job();
    Instant deadline = Instant.now().plusSeconds(120);
    assertThat(http.post("/v1/sealed/jobs", SealedApiTest.asking(job, 5, 7, deadline)).status())
        .isEqualTo(200);
    return job;
  }

  private static Answer put(Http as, JobId job, long serial) {
    return as.put(
        "/v1/sealed/jobs/%s/steps/%d".formatted(job, serial), Lanes.step(job, serial).encode());
  }

  private static JobStranded stranded(JobId job) {
    return new JobStranded(job.toString(), "lane_lost", "The dealer is gone.", true);
  }

  private static void isRefused(Answer answer) {
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text("/error/code")).isEqualTo("lane_lost");
    assertThat(answer.header("x-should-retry")).isEqualTo("true");
  }

  private void becomes(JobId job, String status) throws InterruptedException {
    TestGateway.until(() -> http.get("/v1/jobs/" + job).text("/status").equals(status));
  }

  @Test
  void whoWaitsForAStepIsToldAtOnceAndMaySayThatItHasItsAnswer() throws InterruptedException {
    JobId job = open();
    assertThat(put(http, job, 0).status()).isEqualTo(200);
    platform.onStep =
        step -> {
          platform.say(stranded(job));
          return List.of();
        };
    isRefused(put(http, job, 1));
    becomes(job, "running"); // the table hears of the placement by a reader of its own
    String end = "/v1/sealed/jobs/" + job + "?reason=finished";
    assertThat(http.delete(end).status()).isEqualTo(204);
    assertThat(platform.finish().reason()).isEqualTo(Reason.FINISHED);
    becomes(job, "completed");
    assertThat(http.get("/v1/jobs/" + job).json().at("/error").isNull()).isTrue();
  }

  @Test
  void anInstanceThatHasNotHeardOfTheJobRefusesItsStepsToo() throws InterruptedException {
    JobId job = open();
    assertThat(put(http, job, 0).status()).isEqualTo(200);
    // Nobody answers: a step that was, before anybody heard, would be answered so again for ever.
    platform.onStep = step -> List.of();
    platform.say(stranded(job));
    TestGateway.until(() -> put(http, job, 1).status() == 502);
    try (TestGateway other = gateway.another(Map.of())) {
      TestGateway.until(() -> put(other.http(), job, 1).status() == 502);
      isRefused(put(other.http(), job, 2));
      other.http().delete("/v1/sealed/jobs/" + job + "?reason=cancelled");
    }
    assertThat(platform.finish().reason()).isEqualTo(Reason.CANCELLED);
    becomes(job, "cancelled");
  }

  @Test
  void aFailureBeforeTheLastAnswerFailsTheStepEvenOfANodeThatHasAnswered() {
    JobId job = open();
    platform.onStep =
        step -> {
          List<PartialResult> all = Lanes.results(step);
          Failure gone = new Failure(job, Failure.Code.PEER_GONE, "evaluator-1 is gone");
          PartialResult failed = Lanes.signed(SealedApiTest.failed(all.getFirst(), gone));
          return List.of(all.get(0), all.get(1), failed, all.get(2));
        };
    SealedResults results = SealedResults.decode(put(http, job, 0).raw().body());
    assertThat(results.results())
        .filteredOn(result -> result.outcome() instanceof PartialResult.Outcome.Failed)
        .hasSize(1);
  }
}
