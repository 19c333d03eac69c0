package dev.sotto.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.event.CreditGranted;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.event.Topic;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.lane.LaneState;
import dev.sotto.orchestration.world.ScriptedLane;
import dev.sotto.orchestration.world.Until;
import dev.sotto.orchestration.world.World;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs on a real broker and a real database; nodes, billing and callers are scripts. */
class OrchestrationServiceTest extends RunningService {
  @Override
  Map<String, Object> settings() {
    return Map.of(
        "sotto.orchestration.silence", "4s",
        "sotto.orchestration.no-lane-wait", "6s",
        "sotto.orchestration.last-results", "2s");
  }

  @Test
  void aJobIsPaidPlacedRunAndClosed() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 4)) {
      JobRequested job = job(model);
      JobPlaced placed = world.open(job);
      assertThat(placed.lanes()).containsExactly(lane.signed());
      int steps = StepPlan.of(300, 5).promptSteps() + 2;
      for (int serial = 0; serial < steps; serial++) {
        world.run(job, placed, serial);
      }
      world.finish(job, Reason.FINISHED);
      JobEnded ended = world.ended(job);
      assertThat(ended.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(ended.promptTokens()).isEqualTo(300);
      assertThat(ended.completionTokens()).isEqualTo(3);
      assertThat(ended.lanes()).containsExactly(lane.signed().digest());
      assertThat(world.told(job, CreditRequested.class)).hasSize(1);
      assertThat(lane.steps(id(job))).hasSize(3 * steps);
      Until.holds("all nodes told", () -> lane.closes(id(job)) == 3);
    }
  }

  @Test
  void copiesOfEverythingChangeNothing() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 4)) {
      lane.copies(3);
      JobRequested job = job(model);
      EventRecord request = new EventRecord(UUID.randomUUID(), 1, job);
      broker.tell(new CreditGranted(job.jobId())); // before anybody knows the job
      broker.tell(request);
      broker.tell(request);
      broker.tell(job); // the same job told anew
      JobPlaced placed = world.placed(job);
      broker.tell(new CreditGranted(job.jobId()));
      broker.tell(request);
      int steps = StepPlan.of(300, 5).steps();
      for (int serial = 0; serial < steps; serial++) {
        world.send(job, placed, serial);
        world.send(job, placed, serial);
        world.awaitAnswers(job, placed, serial);
        world.send(job, placed, Math.max(0, serial - 2));
      }
      EventRecord finish =
          new EventRecord(
              UUID.randomUUID(), 1, new JobFinishRequested(job.jobId(), Reason.FINISHED));
      broker.tell(finish);
      broker.tell(finish);
      JobEnded ended = world.ended(job);
      world.finish(job, Reason.CANCELLED);
      broker.tell(request);
      broker.tell(new CreditGranted(job.jobId()));
      barrier(model);
      assertThat(ended.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(ended.completionTokens()).isEqualTo(5);
      assertThat(world.told(job, JobEnded.class)).hasSize(1);
      assertThat(world.told(job, JobPlaced.class)).hasSize(1);
      assertThat(world.told(job, CreditRequested.class)).hasSize(1);
    }
  }

  /**
   * Events of one partition keep their order: once this job is over, what came before has been
   * taken.
   */
  private void barrier(String model) {
    for (int partition = 0; partition < 40; partition++) {
      JobRequested last = job(model);
      broker.tell(last);
      world.finish(last, Reason.CANCELLED);
      assertThat(world.ended(last).outcome()).isEqualTo(Outcome.CANCELLED);
    }
  }

  @Test
  void aSilentNodeFailsItsJobsSoon() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 4)) {
      JobRequested running = job(model);
      JobPlaced placed = world.open(running);
      world.run(running, placed, 0);
      JobRequested idle = job(model);
      world.open(idle);
      lane.silent(true);
      for (JobRequested job : List.of(running, idle)) {
        JobEnded ended = world.ended(job);
        assertThat(ended.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(ended.code()).isEqualTo("lane_lost");
        assertThat(ended.retryable()).isTrue();
      }
      assertThat(world.ended(running).promptTokens()).isEqualTo(128);
      JobRequested late = job(model);
      broker.tell(late);
      JobEnded refused = world.ended(late);
      assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
      assertThat(refused.code()).isEqualTo("no_lane");
      assertThat(refused.retryable()).isTrue();
      lane.silent(false);
      world.open(job(model)); // it is back
    }
  }

  @Test
  void aRestartedNodeFailsItsJobsAndServesTheNext() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 4)) {
      JobRequested job = job(model);
      JobPlaced placed = world.open(job);
      world.run(job, placed, 0);
      lane.restart(Role.EVALUATOR_0);
      JobEnded ended = world.ended(job);
      assertThat(ended.code()).isEqualTo("lane_lost");
      assertThat(ended.message()).contains("evaluator-0", "restarted");
      JobRequested next = job(model);
      world.run(next, world.open(next), 0);
    }
  }

  @Test
  void aDrainingLaneFinishesWhatItHas() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 4)) {
      JobRequested job = job(model);
      JobPlaced placed = world.open(job);
      world.run(job, placed, 0);
      lane.state(Role.DEALER, State.DRAINING);
      JobRequested next = job(model);
      broker.tell(next);
      assertThat(world.ended(next).code()).isEqualTo("no_lane");
      world.run(job, placed, 1);
      lane.state(Role.DEALER, State.STOPPED);
      assertThat(world.ended(job).code()).isEqualTo("lane_lost");
    }
  }

  @ParameterizedTest
  @EnumSource(Failure.Code.class)
  void aNodeThatGivesUpEndsTheJob(Failure.Code code) {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 4)) {
      JobRequested job = job(model);
      JobPlaced placed = world.open(job);
      lane.failing(code);
      world.send(job, placed, 0);
      JobEnded ended = world.ended(job);
      assertThat(ended.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(ended.message()).isEqualTo("scripted");
      Until.holds("all nodes told", () -> lane.closes(id(job)) == 3);
    }
  }

  @Test
  void aLaneThatLostANodeGetsNoFurtherJobBeforeItIsWholeAgain() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 4)) {
      JobRequested job = job(model);
      JobPlaced placed = world.open(job);
      lane.silent(true);
      awaitAnnouncementsRead();
      lane.failing(Failure.Code.PEER_GONE);
      world.send(job, placed, 0);
      assertThat(world.ended(job).code()).isEqualTo("lane_lost");
      assertThat(state(lane)).isIn(LaneState.DOUBTED, LaneState.INCOMPLETE);
      lane.failing(null);
      JobRequested next = job(model);
      broker.tell(next);
      Until.holds("asked", () -> world.told(next, CreditRequested.class).size() == 1);
      assertThat(world.told(next, JobPlaced.class)).isEmpty();
      lane.silent(false);
      world.run(next, world.placed(next), 0);
      assertThat(state(lane)).isEqualTo(LaneState.ALIVE);
    }
  }

  /** All that nodes have said so far has been heard: a stranger's word that came after it was. */
  private void awaitAnnouncementsRead() {
    SignedManifest strange = new Manifests().lane("lane-of-strangers", "a");
    NodeAnnounced last =
        Manifests.says(strange, 0, Role.DEALER, State.READY, System.currentTimeMillis());
    broker.tell(last);
    LaneBoard board = service.getBean(LaneBoard.class);
    Until.holds(
        "the stranger is refused",
        () -> board.refusals().stream().anyMatch(no -> no.identity().equals(last.identity())));
  }

  @Test
  void aBrokenStepEndsItsJobAndNobodyElses() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 4)) {
      JobRequested job = job(model);
      JobRequested other = job(model);
      JobPlaced placed = world.open(job);
      JobPlaced othersPlace = world.open(other);
      SealedStep step = World.step(job, placed, 0);
      broker.send(
          Topic.STEPS,
          job.jobId(),
          new SealedStep(step.jobId(), 0, 128, step.parts().subList(0, 2)));
      assertThat(world.ended(job).code()).isEqualTo("bad_step");
      world.run(other, othersPlace, 0);
      assertThat(lane.steps(id(job))).isEmpty();
    }
  }

  @Test
  void aDeadlineEndsAJobWhereverItIs() {
    String model = model();
    long briefly = System.currentTimeMillis() + 8_000;
    try (ScriptedLane lane = lane(model, "a", 2)) {
      world.billing(World.Billing.SILENT);
      JobRequested requested = World.request(tenant, model, Protection.PASSIVE, 10, 5, briefly);
      broker.tell(requested);
      Until.holds("asked", () -> world.told(requested, CreditRequested.class).size() == 1);
      world.billing(World.Billing.GRANTS);
      JobRequested idle = World.request(tenant, model, Protection.PASSIVE, 10, 5, briefly);
      world.open(idle);
      JobRequested running = World.request(tenant, model, Protection.PASSIVE, 10, 5, briefly);
      JobPlaced placed = world.open(running);
      world.run(running, placed, 0);
      lane.mute(true);
      world.send(running, placed, 1);
      JobRequested queued = World.request(tenant, model, Protection.PASSIVE, 10, 5, briefly);
      broker.tell(queued);
      JobRequested late = World.request(tenant, model, Protection.PASSIVE, 10, 5, 1);
      broker.tell(late);
      for (JobRequested job : List.of(requested, idle, running, queued, late)) {
        JobEnded ended = world.ended(job);
        assertThat(ended.outcome()).isEqualTo(Outcome.EXPIRED);
        assertThat(ended.code()).isEqualTo("deadline_exceeded");
      }
      assertThat(world.told(queued, JobPlaced.class)).isEmpty();
      assertThat(world.ended(running).completionTokens()).isEqualTo(1);
      Until.holds("all nodes told", () -> lane.closes(id(running)) == 3);
      Until.holds("all nodes told", () -> lane.closes(id(idle)) == 3);
    }
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void aCallerMayLeaveInEveryState(Reason reason) {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 2)) {
      world.billing(World.Billing.SILENT);
      JobRequested requested = job(model);
      broker.tell(requested);
      Until.holds("asked", () -> world.told(requested, CreditRequested.class).size() == 1);
      world.billing(World.Billing.GRANTS);
      JobRequested idle = job(model);
      world.open(idle);
      JobRequested running = job(model);
      JobPlaced placed = world.open(running);
      for (int serial = 0; serial < 4; serial++) {
        world.run(running, placed, serial);
      }
      JobRequested queued = job(model);
      broker.tell(queued);
      Until.holds("asked", () -> world.told(queued, CreditRequested.class).size() == 1);
      for (JobRequested job : List.of(requested, queued, idle, running)) {
        world.finish(job, reason);
      }
      boolean distrusted = reason == Reason.DISTRUSTED;
      assertThat(world.ended(requested).outcome()).isEqualTo(Outcome.CANCELLED);
      assertThat(world.ended(queued).outcome()).isEqualTo(Outcome.CANCELLED);
      assertThat(world.ended(idle).outcome())
          .isEqualTo(distrusted || reason == Reason.ABANDONED ? Outcome.FAILED : Outcome.CANCELLED);
      JobEnded ended = world.ended(running);
      assertThat(ended.outcome())
          .isEqualTo(
              switch (reason) {
                case FINISHED -> Outcome.COMPLETED;
                case CANCELLED -> Outcome.CANCELLED;
                case DISTRUSTED, ABANDONED -> Outcome.FAILED;
              });
      assertThat(ended.code().equals("lanes_disagree")).isEqualTo(distrusted);
      assertThat(ended.promptTokens()).isEqualTo(300);
      assertThat(ended.completionTokens()).isEqualTo(2);
      Until.holds("all nodes told", () -> lane.closes(id(running)) == 3);
    }
  }

  @Test
  void theLastAnswersAreWaitedForBeforeAnAnsweredJobIsCounted() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 2)) {
      JobRequested job = World.request(tenant, model, Protection.PASSIVE, 10, 5, soon());
      JobPlaced placed = world.open(job);
      lane.mute(true);
      world.send(job, placed, 0);
      Until.holds("sent", () -> lane.steps(id(job)).size() == 3);
      world.finish(job, Reason.FINISHED); // overtakes the answers, which are on another topic
      for (Role role : Role.values()) {
        lane.answer(lane.steps(id(job)).getFirst(), role);
      }
      JobEnded ended = world.ended(job);
      assertThat(ended.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(ended.completionTokens()).isEqualTo(1);
      lane.mute(false);
    }
  }

  @Test
  void whatCannotBeServedIsRefusedBeforeItIsPaidFor() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 2)) {
      world.open(job(model));
      assertThat(lane.laneId()).isNotEmpty();
      JobRequested tooLong = World.request(tenant, model, Protection.PASSIVE, 1000, 25, soon());
      broker.tell(tooLong);
      JobEnded refused = world.ended(tooLong);
      assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
      assertThat(refused.code()).isEqualTo("context_length_exceeded");
      assertThat(refused.retryable()).isFalse();
      assertThat(world.told(tooLong, CreditRequested.class)).isEmpty();
      world.billing(World.Billing.REFUSES);
      JobRequested poor = job(model);
      broker.tell(poor);
      assertThat(world.ended(poor).code()).isEqualTo("insufficient_quota");
      assertThat(world.ended(poor).outcome()).isEqualTo(Outcome.REFUSED);
      world.billing(World.Billing.GRANTS);
    }
  }

  @Test
  void unreadableRecordsAreSetAsideAndTheRestGoesOn() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 2)) {
      JobRequested job = job(model);
      for (Topic topic : List.of(Topic.JOBS, Topic.CREDIT_DECISIONS, Topic.NODES, Topic.STEPS)) {
        broker.send(topic.topicName(), job.jobId(), new byte[] {1, 2, 3});
      }
      broker.send(Topic.PARTIAL_RESULTS.topicName(), job.jobId(), new byte[] {1, 2, 3});
      JobPlaced placed = world.open(job);
      world.run(job, placed, 0);
      for (Topic topic :
          List.of(Topic.JOBS, Topic.CREDIT_DECISIONS, Topic.STEPS, Topic.PARTIAL_RESULTS)) {
        Until.holds(
            "a dead letter of " + topic,
            () -> broker.count(topic.topicName() + Topic.DEAD_LETTERS) > 0);
      }
      assertThat(lane.steps(id(job))).hasSize(3);
    }
  }

  private static JobId id(JobRequested job) {
    return Job.jobId(job.jobId());
  }
}
