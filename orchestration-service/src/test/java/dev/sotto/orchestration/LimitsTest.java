package dev.sotto.orchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.event.JobStranded;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.orchestration.job.Ending;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.JobState;
import dev.sotto.orchestration.job.Progress;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.lane.LaneState;
import dev.sotto.orchestration.store.JobStore;
import dev.sotto.orchestration.world.ScriptedLane;
import dev.sotto.orchestration.world.Until;
import dev.sotto.orchestration.world.World;
import dev.sotto.platform.data.Tenancy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Small limits, compared lanes, revocation, and who sees what. */
class LimitsTest extends RunningService {
  private static final String TOKEN = "a-token-of-a-test-that-is-long-enough";
  @TempDir static Path secrets;

  @Override
  Map<String, Object> settings() {
    Path token = secrets.resolve("token");
    try {
      Files.writeString(token, TOKEN);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return Map.of(
        "sotto.orchestration.queued",
        6,
        "sotto.orchestration.queued-per-tenant",
        3,
        "sotto.orchestration.placed-per-tenant",
        2,
        "sotto.orchestration.no-lane-wait",
        "5s",
        "sotto.orchestration.idle",
        "6s",
        "sotto.orchestration.last-word",
        "2s",
        "sotto.platform.internal-token-file",
        token.toString());
  }

  private static JobRequested of(UUID tenant, String model) {
    return World.request(tenant, model, Protection.PASSIVE, 10, 5, soon());
  }

  private HttpResponse<String> call(String method, String path, String body, String token)
      throws IOException, InterruptedException {
    String port = service.getEnvironment().getRequiredProperty("local.server.port");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .header("x-sotto-internal", token)
              .header("content-type", "application/json")
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void queuesAndPlacesAreBoundedAndTenantsTakeTurns() {
    String model = model();
    UUID other = UUID.randomUUID();
    try (ScriptedLane lane = lane(model, "a", 3)) {
      List<JobRequested> placed = List.of(of(tenant, model), of(tenant, model));
      placed.forEach(world::open);
      List<JobRequested> waiting = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        JobRequested next = of(tenant, model); // a slot is free, and the tenant may have no more
        broker.tell(next);
        Until.holds("asked", () -> world.told(next, CreditRequested.class).size() == 1);
        waiting.add(next);
      }
      JobRequested over = of(tenant, model);
      broker.tell(over);
      JobEnded refused = world.ended(over);
      assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
      assertThat(refused.code()).isEqualTo("queue_full");
      assertThat(refused.retryable()).isTrue();
      assertThat(world.told(over, CreditRequested.class)).isEmpty();
      JobRequested others = of(other, model);
      world.open(others); // does not wait behind the other tenant
      for (JobRequested job : waiting) {
        assertThat(world.told(job, JobPlaced.class)).isEmpty();
      }
      world.finish(placed.getFirst(), Reason.CANCELLED);
      assertThat(world.placed(waiting.getFirst()).lanes()).containsExactly(lane.signed());
      waiting.forEach(job -> world.finish(job, Reason.CANCELLED));
      List.of(placed.get(1), others).forEach(job -> world.finish(job, Reason.CANCELLED));
      waiting.forEach(world::ended);
    }
  }

  @Test
  void aCallerThatIsSilentLosesItsPlace() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 3)) {
      JobRequested job = of(UUID.randomUUID(), model);
      JobPlaced placed = world.open(job);
      world.run(job, placed, 0);
      JobEnded ended = world.ended(job);
      assertThat(ended.outcome()).isEqualTo(Outcome.CANCELLED);
      assertThat(ended.code()).isEqualTo("caller_gone");
      Until.holds("nodes told", () -> lane.closes(Job.jobId(job.jobId())) == 3);
    }
  }

  @Test
  void aCallerThatIsSilentWhenItsLaneIsGonePaysNothing() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 3)) {
      JobRequested job = of(UUID.randomUUID(), model);
      JobPlaced placed = world.open(job);
      world.run(job, placed, 0);
      lane.restart(Role.DEALER);
      Until.holds("stranded", () -> world.told(job, JobStranded.class).size() == 1);
      JobEnded ended = world.ended(job);
      assertThat(ended.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(ended.code()).isEqualTo("lane_lost");
      assertThat(ended.message()).contains("dealer", "restarted");
      assertThat(ended.retryable()).isTrue();
      assertThat(System.currentTimeMillis()).isLessThan(job.deadline());
      world.finish(job, Reason.FINISHED); // too late to be weighed
      assertThat(world.told(job, JobEnded.class)).hasSize(1);
    }
  }

  @Test
  void aComparedJobRunsOnTwoSeparateLanes() {
    String model = model();
    try (ScriptedLane first = lane(model, "a", 3);
        ScriptedLane second = lane(model, "b", 3)) {
      JobRequested job =
          World.request(UUID.randomUUID(), model, Protection.COMPARED, 10, 5, soon());
      JobPlaced placed = world.open(job);
      assertThat(placed.lanes()).containsExactlyInAnyOrder(first.signed(), second.signed());
      world.run(job, placed, 0);
      world.run(job, placed, 1);
      assertThat(first.steps(Job.jobId(job.jobId()))).hasSize(6);
      assertThat(second.steps(Job.jobId(job.jobId()))).hasSize(6);
      world.finish(job, Reason.FINISHED);
      JobEnded ended = world.ended(job);
      assertThat(ended.completionTokens()).isEqualTo(2);
      assertThat(ended.lanes()).hasSize(2);
      second.silent(true); // one of two lanes is gone: the next such job has no place
      Until.holds("silent", () -> state(second) == LaneState.INCOMPLETE);
      JobRequested next =
          World.request(UUID.randomUUID(), model, Protection.COMPARED, 10, 5, soon());
      broker.tell(next);
      assertThat(world.ended(next).code()).isEqualTo("no_lane");
    }
  }

  @Test
  void lanesOfOneOperatorAreNotCompared() {
    String model = model();
    SignedManifest twin = manifests.lane(model, "lane-twin", "a", Manifests.LATER);
    try (ScriptedLane first = lane(model, "a", 3);
        ScriptedLane second = new ScriptedLane(broker, twin, 3)) {
      Until.holds("both live", () -> state(second) == LaneState.ALIVE);
      JobRequested job =
          World.request(UUID.randomUUID(), model, Protection.COMPARED, 10, 5, soon());
      broker.tell(job);
      JobEnded ended = world.ended(job);
      assertThat(ended.outcome()).isEqualTo(Outcome.REFUSED);
      assertThat(ended.code()).isEqualTo("no_lane");
      world.open(of(UUID.randomUUID(), model));
      assertThat(state(first)).isEqualTo(LaneState.ALIVE);
    }
  }

  @Test
  void aRevokedNodeIsNeverUsedAgain() throws IOException, InterruptedException {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 3)) {
      JobRequested job = of(UUID.randomUUID(), model);
      JobPlaced placed = world.open(job);
      world.run(job, placed, 0);
      String path = "/internal/nodes/" + lane.identity(Role.EVALUATOR_1) + "/revoke";
      assertThat(call("POST", path, "{\"reason\":\"lost\"}", "wrong").statusCode()).isEqualTo(401);
      assertThat(call("POST", path, "{}", TOKEN).statusCode()).isEqualTo(400);
      assertThat(call("POST", path, "{\"reason\":\"lost\"}", TOKEN).statusCode()).isEqualTo(204);
      JobEnded ended = world.ended(job);
      assertThat(ended.code()).isEqualTo("lane_lost");
      assertThat(ended.message()).contains("revoked");
      JobRequested next = of(UUID.randomUUID(), model);
      broker.tell(next);
      assertThat(world.ended(next).code()).isEqualTo("no_lane");
      assertThat(state(lane)).isEqualTo(LaneState.REVOKED);
      SignedManifest fresh =
          manifests.lane(model, lane.laneId(), "a", Manifests.LATER + 1); // new keys, same name
      try (ScriptedLane rotated = new ScriptedLane(broker, fresh, 3)) {
        Until.holds("rotated", () -> state(rotated) == LaneState.ALIVE);
        JobRequested after = of(UUID.randomUUID(), model);
        assertThat(world.open(after).lanes()).containsExactly(fresh);
      }
    }
  }

  @Test
  void theOperatorSeesLanesNodesAndCounts() throws IOException, InterruptedException {
    String model = model();
    SignedManifest strange = new Manifests().lane(model, "lane-strange", "a", Manifests.LATER);
    try (ScriptedLane lane = lane(model, "a", 3);
        ScriptedLane stranger = new ScriptedLane(broker, strange, 3)) {
      JobRequested job = of(UUID.randomUUID(), model);
      world.open(job);
      Until.holds(
          "refused",
          () ->
              service.getBean(LaneBoard.class).refusals().stream()
                  .anyMatch(no -> no.identity().equals(stranger.identity(Role.DEALER))));
      assertThat(call("GET", "/internal/lanes", "", TOKEN).body())
          .contains(lane.signed().digest(), "\"state\":\"ALIVE\"")
          .doesNotContain(strange.digest());
      assertThat(call("GET", "/internal/nodes", "", TOKEN).body())
          .contains(lane.identity(Role.DEALER), stranger.identity(Role.DEALER), "not signed by");
      assertThat(call("GET", "/internal/queue", "", TOKEN).body())
          .contains("\"PLACED\":", "\"acting\":true");
      assertThat(call("GET", "/internal/jobs/" + job.jobId(), "", TOKEN).body())
          .contains("\"state\":\"PLACED\"")
          .doesNotContain(job.tenantId().toString());
      assertThat(call("GET", "/internal/jobs/" + "0".repeat(32), "", TOKEN).statusCode())
          .isEqualTo(404);
      assertThat(call("GET", "/internal/jobs/x", "", TOKEN).statusCode()).isEqualTo(400);
      for (String path : List.of("lanes", "nodes", "queue", "jobs/" + job.jobId())) {
        assertThat(call("GET", "/internal/" + path, "", "").statusCode()).isEqualTo(401);
      }
      assertThat(call("GET", "/actuator/health/readiness", "", "").body()).contains("UP");
      assertThat(call("GET", "/actuator/prometheus", "", "").body())
          .contains("sotto_jobs_live", "sotto_lanes_alive", "sotto_queue_length")
          .contains("sotto_steps_forwarded", "sotto_placement_seconds")
          .doesNotContain(job.tenantId().toString(), job.jobId());
    }
  }

  @Test
  void aTenantSeesItsOwnJobsAndNobodySeesAnyUnnamed() {
    String model = model();
    UUID other = UUID.randomUUID();
    try (ScriptedLane lane = lane(model, "a", 3)) {
      JobRequested job = of(other, model);
      world.open(job);
      JdbcClient db = service.getBean(JdbcClient.class);
      Tenancy tenancy = service.getBean(Tenancy.class);
      String count = "SELECT count(*) FROM jobs WHERE id = '" + job.jobId() + "'";
      assertThat(tenancy.inTenant(other, () -> one(db, count))).isEqualTo(1);
      assertThat(tenancy.inTenant(UUID.randomUUID(), () -> one(db, count))).isZero();
      assertThat(tenancy.asWorker(() -> one(db, count))).isEqualTo(1);
      assertThat(one(db, count)).isZero();
      assertThat(one(db, "SELECT count(*) FROM jobs")).isZero();
      assertThat(lane.closes(Job.jobId(job.jobId()))).isZero();
    }
  }

  @Test
  void whoSawAnOlderVersionMovesNothing() {
    JobStore jobs = service.getBean(JobStore.class);
    Tenancy tenancy = service.getBean(Tenancy.class);
    JobRequested asked = of(UUID.randomUUID(), model());
    // Far from its deadline and unknown to the dispatcher, so nobody else touches it.
    Job first = Job.requested(asked, 1);
    tenancy.asWorker(
        () -> {
          assertThat(jobs.insert(first)).isTrue();
          assertThat(jobs.insert(first)).isFalse();
          assertThat(jobs.move(first, JobState.QUEUED, 2)).isTrue();
          assertThat(jobs.move(first, JobState.QUEUED, 3)).isFalse();
          assertThat(jobs.end(first, Ending.expired(), 3)).isFalse();
          Job queued = jobs.find(first.id()).orElseThrow();
          assertThat(queued.state()).isEqualTo(JobState.QUEUED);
          assertThatThrownBy(() -> jobs.move(queued, JobState.RUNNING, 4))
              .isInstanceOf(IllegalStateException.class);
          assertThat(jobs.place(queued, List.of("a"), List.of(1L), 5)).isTrue();
          assertThat(jobs.place(queued, List.of("b"), List.of(1L), 5)).isFalse();
          Job placed = jobs.find(first.id()).orElseThrow();
          assertThat(placed.lanes()).containsExactly("a");
          jobs.progress(first.id(), new Progress(2, 1, new byte[] {5}, true), 6);
          Job running = jobs.find(first.id()).orElseThrow();
          assertThat(running.state()).isEqualTo(JobState.RUNNING);
          assertThat(running.progress()).isEqualTo(new Progress(2, 1, new byte[] {5}, true));
          assertThat(jobs.end(placed, Ending.cancelled(), 7)).isFalse();
          assertThat(jobs.end(running, Ending.completed(), 7)).isTrue();
          jobs.progress(first.id(), new Progress(3, 2, new byte[0]), 8); // too late
          Job over = jobs.find(first.id()).orElseThrow();
          assertThat(over.state()).isEqualTo(JobState.COMPLETED);
          assertThat(over.progress().finished()).isEqualTo(1);
          assertThat(over.version()).isEqualTo(4);
          jobs.told(first.id());
          assertThat(jobs.forget(7)).isZero();
          assertThat(jobs.forget(8)).isEqualTo(1);
        });
  }

  private static int one(JdbcClient db, String sql) {
    return db.sql(sql).query(Integer.class).single();
  }
}
