package dev.sotto.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.event.CreditGranted;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.event.JobStranded;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.world.Broker;
import dev.sotto.orchestration.world.Installation;
import dev.sotto.orchestration.world.ScriptedLane;
import dev.sotto.orchestration.world.Until;
import dev.sotto.orchestration.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service as a process of its own, killed with SIGKILL wherever a job may be, and started
 * again: the job goes on, and is counted as if nothing had happened.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledServiceTest {
  private static final String MODEL = "%064x".formatted(0xbeef);
  private static final String OTHER = "%064x".formatted(0xbeee);

  private final Manifests manifests = new Manifests().withOperators("a");
  private final Broker broker = new Broker();
  private final World world = new World(broker);
  private final UUID tenant = UUID.randomUUID();

  @SuppressWarnings("NullAway.Init")
  private Installation installation;

  @SuppressWarnings("NullAway.Init")
  private Process service;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    installation =
        new Installation(
            folder, manifests.roots(), Map.of("sotto.orchestration.no-lane-wait", "30s"));
    service = installation.startProcess();
  }

  @AfterAll
  void stop() {
    service.destroyForcibly();
    world.close();
    broker.close();
  }

  private void killAndStart() throws IOException, InterruptedException {
    service.destroyForcibly().waitFor();
    service = installation.startProcess();
  }

  private JobRequested request() {
    return World.request(
        tenant, MODEL, Protection.PASSIVE, 300, 5, System.currentTimeMillis() + 300_000);
  }

  @Test
  void aJobGoesOnWhereverTheServiceIsKilled() throws IOException, InterruptedException {
    try (ScriptedLane lane =
        new ScriptedLane(broker, manifests.lane(MODEL, "lane-1", "a", Manifests.LATER), 4)) {
      // While its credit is asked for.
      world.billing(World.Billing.SILENT);
      JobRequested job = request();
      broker.tell(job);
      Until.holds("asked", () -> world.told(job, CreditRequested.class).size() == 1);
      service.destroyForcibly().waitFor();
      broker.tell(new CreditGranted(job.jobId()));
      service = installation.startProcess();
      JobPlaced placed = world.placed(job);
      world.billing(World.Billing.GRANTS);
      // Between two steps, twice, at once.
      world.run(job, placed, 0);
      service.destroyForcibly().waitFor();
      world.send(job, placed, 1);
      service = installation.startProcess();
      world.awaitAnswers(job, placed, 1);
      // While nodes are at a step, of which some have answered.
      lane.mute(true);
      world.send(job, placed, 2);
      Until.holds("sent", () -> lane.steps(Job.jobId(job.jobId())).size() >= 9);
      lane.answer(lane.steps(Job.jobId(job.jobId())).getLast(), Role.DEALER);
      killAndStart();
      lane.answer(lane.steps(Job.jobId(job.jobId())).getLast(), Role.EVALUATOR_0);
      lane.answer(lane.steps(Job.jobId(job.jobId())).getLast(), Role.EVALUATOR_1);
      lane.mute(false);
      int steps = StepPlan.of(300, 5).steps();
      for (int serial = 3; serial < steps; serial++) {
        world.run(job, placed, serial);
      }
      // Before the end is known.
      service.destroyForcibly().waitFor();
      world.finish(job, Reason.FINISHED);
      service = installation.startProcess();
      JobEnded ended = world.ended(job);
      assertThat(ended.outcome()).as(ended.toString()).isEqualTo(Outcome.COMPLETED);
      assertThat(ended.promptTokens()).isEqualTo(300);
      assertThat(ended.completionTokens()).isEqualTo(5);
      assertThat(world.told(job, JobEnded.class)).hasSize(1);
      assertThat(world.told(job, JobPlaced.class)).hasSize(1);
      assertThat(world.told(job, CreditRequested.class)).hasSize(1);
      Until.holds("nodes told", () -> lane.closes(Job.jobId(job.jobId())) >= 3);
    }
  }

  @Test
  void aNodeThatWasRestartedMeanwhileIsNoticed() throws IOException, InterruptedException {
    try (ScriptedLane lane =
        new ScriptedLane(broker, manifests.lane(MODEL, "lane-2", "a", Manifests.LATER), 4)) {
      JobRequested job = request();
      JobPlaced placed = world.open(job);
      world.run(job, placed, 0);
      service.destroyForcibly().waitFor();
      lane.restart(Role.DEALER);
      service = installation.startProcess();
      JobEnded ended = world.ended(job);
      assertThat(ended.code()).isEqualTo("lane_lost");
      assertThat(ended.retryable()).isTrue();
      assertThat(world.told(job, JobEnded.class)).hasSize(1);
    }
  }

  @Test
  void anAnsweredJobIsCompletedWhereverItsLaneAndTheServiceAreKilled()
      throws IOException, InterruptedException {
    try (ScriptedLane lane =
        new ScriptedLane(broker, manifests.lane(OTHER, "lane-3", "a", Manifests.LATER), 4)) {
      // Its last answers are there, and the service has not read them; nor its caller's word.
      JobRequested closing = shortJob();
      JobPlaced placed = world.open(closing);
      world.run(closing, placed, 0);
      lane.mute(true);
      world.send(closing, placed, 1);
      Until.holds("sent", () -> lane.steps(Job.jobId(closing.jobId())).size() == 6);
      lane.mute(false);
      JobRequested thinking = shortJob();
      JobPlaced others = world.open(thinking);
      world.run(thinking, others, 0);
      service.destroyForcibly().waitFor();
      for (Role role : Role.values()) {
        lane.answer(lane.steps(Job.jobId(closing.jobId())).getLast(), role);
      }
      lane.restart(Role.EVALUATOR_0);
      world.finish(closing, Reason.FINISHED);
      service = installation.startProcess();
      completed(closing, 2);
      // Stranded, and killed before its caller's word.
      Until.holds("stranded", () -> world.told(thinking, JobStranded.class).size() == 1);
      service.destroyForcibly().waitFor();
      world.finish(thinking, Reason.FINISHED);
      service = installation.startProcess();
      completed(thinking, 1);
      Until.holds("nodes told", () -> lane.closes(Job.jobId(thinking.jobId())) >= 3);
    }
  }

  private JobRequested shortJob() {
    return World.request(
        tenant, OTHER, Protection.PASSIVE, 10, 5, System.currentTimeMillis() + 300_000);
  }

  private void completed(JobRequested job, int tokens) {
    JobEnded ended = world.ended(job);
    assertThat(ended.outcome()).as(ended.toString()).isEqualTo(Outcome.COMPLETED);
    assertThat(ended.completionTokens()).isEqualTo(tokens);
    assertThat(world.told(job, JobEnded.class)).hasSize(1);
  }
}
