package dev.sotto.orchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.NodeStep;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.event.JobStranded;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.event.Topic;
import dev.sotto.orchestration.job.Ending;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.JobState;
import dev.sotto.orchestration.store.JobStore;
import dev.sotto.orchestration.world.ScriptedLane;
import dev.sotto.orchestration.world.Until;
import dev.sotto.orchestration.world.World;
import dev.sotto.platform.data.Tenancy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A lane ends and its caller says that it is done, in either order. A stranded job here waits for
 * its caller longer than any test: what ends does so for another reason.
 */
class StrandedJobsTest extends RunningService {
  /** How a lane ends that is asked for nothing just then. */
  enum LaneEnd {
    RESTARTED {
      @Override
      void of(ScriptedLane lane, JobId job) {
        lane.restart(Role.EVALUATOR_1);
      }
    },
    STOPPED {
      @Override
      void of(ScriptedLane lane, JobId job) {
        lane.state(Role.DEALER, State.STOPPED);
      }
    },
    SILENT {
      @Override
      void of(ScriptedLane lane, JobId job) {
        lane.silent(true);
      }
    },
    GIVEN_UP {
      @Override
      void of(ScriptedLane lane, JobId job) {
        lane.failing(Failure.Code.PEER_GONE);
        lane.answer(lane.steps(job).getLast(), Role.EVALUATOR_1);
      }
    };

    abstract void of(ScriptedLane lane, JobId job);
  }

  @Override
  Map<String, Object> settings() {
    return Map.of(
        "sotto.orchestration.silence", "4s",
        "sotto.orchestration.no-lane-wait", "6s",
        "sotto.orchestration.last-results", "30s",
        "sotto.orchestration.last-word", "10m");
  }

  private JobRequested shortJob(String model) {
    return World.request(tenant, model, Protection.PASSIVE, 10, 5, soon());
  }

  /** A job that has answered three tokens. */
  private JobPlaced answered(JobRequested job) {
    JobPlaced placed = world.open(job);
    for (int serial = 0; serial < 3; serial++) {
      world.run(job, placed, serial);
    }
    return placed;
  }

  private static JobId id(JobRequested job) {
    return Job.jobId(job.jobId());
  }

  private Job now(JobRequested job) {
    JobStore jobs = service.getBean(JobStore.class);
    return service.getBean(Tenancy.class).asWorker(() -> jobs.find(job.jobId())).orElseThrow();
  }

  private JobStranded stranded(JobRequested job) {
    return Until.there(
        "that it is stranded",
        () -> world.told(job, JobStranded.class).stream().findFirst().orElse(null));
  }

  private void isCompleted(JobRequested job, int tokens) {
    JobEnded ended = world.ended(job);
    assertThat(ended.outcome()).as(ended.toString()).isEqualTo(Outcome.COMPLETED);
    assertThat(ended.code()).isEmpty();
    assertThat(ended.promptTokens()).isEqualTo(10);
    assertThat(ended.completionTokens()).isEqualTo(tokens);
    assertThat(world.told(job, JobEnded.class)).hasSize(1);
  }

  private void isLost(JobRequested job) {
    JobEnded ended = world.ended(job);
    assertThat(ended.outcome()).as(ended.toString()).isEqualTo(Outcome.FAILED);
    assertThat(ended.outcome().billable()).isFalse();
    assertThat(ended.code()).isEqualTo("lane_lost");
    assertThat(ended.retryable()).isTrue();
    assertThat(world.told(job, JobEnded.class)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(LaneEnd.class)
  void theLanesEndIsHeardFirst(LaneEnd end) {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      JobRequested job = shortJob(model);
      answered(job);
      end.of(lane, id(job));
      JobStranded told = stranded(job);
      assertThat(told.code()).isEqualTo("lane_lost");
      assertThat(told.retryable()).isTrue();
      Until.holds("all nodes told", () -> lane.closes(id(job)) >= 3);
      assertThat(now(job).state()).isEqualTo(JobState.STRANDED);
      assertThat(world.told(job, JobEnded.class)).isEmpty();
      world.finish(job, Reason.FINISHED);
      isCompleted(job, 3);
    }
  }

  @ParameterizedTest
  @EnumSource(LaneEnd.class)
  void theCallersWordIsHeardFirst(LaneEnd end) {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      JobRequested job = shortJob(model);
      answered(job);
      world.finish(job, Reason.FINISHED);
      end.of(lane, id(job));
      isCompleted(job, 3);
    }
  }

  @Test
  void bothAreHeardWhileTheJobIsClosing() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      JobRequested job = shortJob(model);
      JobPlaced placed = world.open(job);
      world.run(job, placed, 0);
      lane.mute(true);
      world.send(job, placed, 1);
      Until.holds("sent", () -> lane.steps(id(job)).size() == 6);
      world.finish(job, Reason.FINISHED);
      Until.holds("closing", () -> now(job).finishing() == Reason.FINISHED);
      lane.restart(Role.DEALER); // while it waits for the last answers
      NodeStep last = lane.steps(id(job)).getLast();
      List.of(Role.values()).forEach(role -> lane.answer(last, role));
      isCompleted(job, 2);
    }
  }

  @Test
  void aDeadlineThatPassesWhileAnAnsweredJobIsClosingIsNone() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      long briefly = System.currentTimeMillis() + 10_000;
      JobRequested job = World.request(tenant, model, Protection.PASSIVE, 10, 5, briefly);
      JobPlaced placed = world.open(job);
      world.run(job, placed, 0);
      lane.mute(true);
      world.send(job, placed, 1);
      Until.holds("sent", () -> lane.steps(id(job)).size() == 6);
      world.finish(job, Reason.FINISHED);
      Until.holds("closing", () -> now(job).finishing() == Reason.FINISHED);
      Until.holds("the deadline is past", () -> System.currentTimeMillis() > briefly);
      NodeStep last = lane.steps(id(job)).getLast();
      List.of(Role.values()).forEach(role -> lane.answer(last, role));
      isCompleted(job, 2);
    }
  }

  @Test
  void aStrandedJobHoldsNoPlace() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      JobRequested job = shortJob(model);
      answered(job);
      lane.restart(Role.EVALUATOR_0);
      stranded(job);
      JobRequested next = shortJob(model);
      answered(next); // on the only place that there is
      world.finish(next, Reason.FINISHED);
      isCompleted(next, 3);
      world.finish(job, Reason.CANCELLED);
      isLost(job);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"CANCELLED", "ABANDONED"})
  void aCallerWhoHasNotItsAnswerPaysNothing(Reason reason) {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      JobRequested job = shortJob(model);
      answered(job);
      lane.restart(Role.EVALUATOR_0);
      stranded(job);
      world.finish(job, reason);
      isLost(job);
    }
  }

  @Test
  void aCallerWhoDistrustsTheAnswerIsHeard() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      JobRequested job = shortJob(model);
      answered(job);
      lane.restart(Role.EVALUATOR_0);
      stranded(job);
      world.finish(job, Reason.DISTRUSTED);
      assertThat(world.ended(job).code()).isEqualTo("lanes_disagree");
    }
  }

  @Test
  void anotherStepFailsAStrandedJobAtOnce() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      JobRequested job = shortJob(model);
      JobPlaced placed = answered(job);
      lane.restart(Role.EVALUATOR_0);
      stranded(job);
      world.send(job, placed, 3);
      isLost(job);
      assertThat(lane.steps(id(job))).hasSize(9);
      world.finish(job, Reason.FINISHED);
      assertThat(world.told(job, JobEnded.class)).hasSize(1);
    }
  }

  @Test
  void aFailureAtAStepThatIsWaitedForFailsTheJobAtOnce() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      JobRequested job = shortJob(model);
      JobPlaced placed = answered(job);
      lane.failing(Failure.Code.PEER_GONE);
      world.send(job, placed, 3);
      isLost(job);
      assertThat(world.told(job, JobStranded.class)).isEmpty();
    }
  }

  @Test
  void aLaneThatFallsSilentAtAStepStrandsTheJobAndItsLastAnswersCount() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 2)) {
      JobRequested answered = shortJob(model);
      JobRequested failed = shortJob(model);
      List<JobRequested> both = List.of(answered, failed);
      lane.mute(true);
      for (JobRequested job : both) {
        world.send(job, world.open(job), 0);
        Until.holds("sent", () -> lane.steps(id(job)).size() == 3);
      }
      lane.silent(true);
      both.forEach(this::stranded);
      for (Role role : Role.values()) {
        lane.answer(lane.steps(id(answered)).getFirst(), role);
      }
      world.finish(answered, Reason.FINISHED);
      isCompleted(answered, 1);
      lane.failing(Failure.Code.PEER_GONE);
      lane.answer(lane.steps(id(failed)).getFirst(), Role.EVALUATOR_1);
      isLost(failed);
    }
  }

  @Test
  void aLaneThatIsGoneBeforeTheLastDigestLeavesTheAnswerWhatItIs() {
    String model = model();
    try (ScriptedLane first = lane(model, "a", 1);
        ScriptedLane second = lane(model, "b", 1)) {
      JobRequested job = World.request(tenant, model, Protection.COMPARED, 10, 5, soon());
      JobPlaced placed = answered(job);
      second.failing(Failure.Code.PEER_GONE);
      SealedStep next = World.step(job, placed, 3);
      broker.send(Topic.STEPS, job.jobId(), new SealedStep(next.jobId(), 3, 0, next.parts()));
      stranded(job);
      Until.holds("sent to the other lane", () -> first.steps(id(job)).size() == 12);
      world.finish(job, Reason.FINISHED);
      Until.holds("closing", () -> now(job).finishing() == Reason.FINISHED);
      second.failing(null);
      second.answer(second.steps(id(job)).getLast(), Role.EVALUATOR_1); // nothing is waited for now
      isCompleted(job, 3);
    }
  }

  @Test
  void aStrandedJobsDeadlineFailsItAsItsLaneDid() {
    String model = model();
    try (ScriptedLane lane = lane(model, "a", 1)) {
      long briefly = System.currentTimeMillis() + 10_000;
      JobRequested job = World.request(tenant, model, Protection.PASSIVE, 10, 5, briefly);
      answered(job);
      lane.restart(Role.DEALER);
      stranded(job);
      isLost(job);
      assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(briefly);
    }
  }

  @Test
  void onlyAJobThatRunsIsStranded() {
    JobStore jobs = service.getBean(JobStore.class);
    Tenancy tenancy = service.getBean(Tenancy.class);
    Job first = Job.requested(shortJob(model()), 1);
    Ending lost = Ending.laneLost("gone");
    tenancy.asWorker(
        () -> {
          assertThat(jobs.insert(first)).isTrue();
          assertThatThrownBy(() -> jobs.strand(first, lost, 2))
              .isInstanceOf(IllegalStateException.class);
          assertThat(jobs.end(first, Ending.expired(), 3)).isTrue();
        });
  }
}
