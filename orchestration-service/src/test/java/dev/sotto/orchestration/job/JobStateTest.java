package dev.sotto.orchestration.job;

import static dev.sotto.orchestration.job.JobState.CANCELLED;
import static dev.sotto.orchestration.job.JobState.COMPLETED;
import static dev.sotto.orchestration.job.JobState.EXPIRED;
import static dev.sotto.orchestration.job.JobState.FAILED;
import static dev.sotto.orchestration.job.JobState.PLACED;
import static dev.sotto.orchestration.job.JobState.QUEUED;
import static dev.sotto.orchestration.job.JobState.REFUSED;
import static dev.sotto.orchestration.job.JobState.REQUESTED;
import static dev.sotto.orchestration.job.JobState.RUNNING;
import static dev.sotto.orchestration.job.JobState.STRANDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.event.JobEnded.Outcome;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class JobStateTest {
  private record Edge(JobState from, JobState to) {}

  /** Written out a second time, by hand: docs/PLATFORM.md's picture. */
  private static final Set<Edge> EDGES =
      Set.of(
          new Edge(REQUESTED, QUEUED),
          new Edge(REQUESTED, REFUSED),
          new Edge(REQUESTED, CANCELLED),
          new Edge(REQUESTED, EXPIRED),
          new Edge(QUEUED, PLACED),
          new Edge(QUEUED, REFUSED),
          new Edge(QUEUED, CANCELLED),
          new Edge(QUEUED, EXPIRED),
          new Edge(PLACED, RUNNING),
          new Edge(PLACED, CANCELLED),
          new Edge(PLACED, FAILED),
          new Edge(PLACED, EXPIRED),
          new Edge(RUNNING, STRANDED),
          new Edge(RUNNING, COMPLETED),
          new Edge(RUNNING, CANCELLED),
          new Edge(RUNNING, FAILED),
          new Edge(RUNNING, EXPIRED),
          new Edge(STRANDED, COMPLETED),
          new Edge(STRANDED, FAILED));

  static Stream<Arguments> pairs() {
    return Arrays.stream(JobState.values())
        .flatMap(from -> Arrays.stream(JobState.values()).map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void anEdgeIsAnEdgeAndNothingElseIs(JobState from, JobState to) {
    assertThat(from.mayBecome(to)).isEqualTo(EDGES.contains(new Edge(from, to)));
  }

  @Test
  void everyLiveStateExpiresAndCancelsUnlessItsLaneHasEndedIt() {
    for (JobState state : JobState.values()) {
      boolean free = state.live() && state != STRANDED;
      assertThat(state.mayBecome(EXPIRED)).isEqualTo(free);
      assertThat(state.mayBecome(CANCELLED)).isEqualTo(free);
    }
  }

  @Test
  void aStrandedJobIsAnsweredByItsCallersWordAlone() {
    Ending lost = Ending.laneLost("gone");
    assertThat(Ending.wished(Reason.FINISHED, lost)).isEqualTo(Ending.completed());
    assertThat(Ending.wished(Reason.CANCELLED, lost)).isEqualTo(lost);
    assertThat(Ending.wished(Reason.ABANDONED, lost)).isEqualTo(lost);
    assertThat(Ending.wished(Reason.DISTRUSTED, lost).code()).isEqualTo("lanes_disagree");
    for (Reason reason : Reason.values()) {
      assertThat(STRANDED.mayBecome(Ending.wished(reason, lost).state())).isTrue();
    }
    assertThat(STRANDED.holdsLanes()).isFalse();
    assertThat(STRANDED.hasSteps()).isTrue();
  }

  @Test
  void anEndedJobHasAnOutcomeAndALiveOneHasNone() {
    for (JobState state : JobState.values()) {
      if (state.live()) {
        assertThatThrownBy(state::outcome).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new Ending(state, "", "", false))
            .isInstanceOf(IllegalArgumentException.class);
      } else {
        assertThat(state.outcome()).isEqualTo(Outcome.valueOf(state.name()));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Failure.Code.class)
  void aNodesFailureFailsTheJobUnderItsOwnCode(Failure.Code code) {
    Ending ending = Ending.of(new Failure(new JobId(1, 2), code, "because"));
    assertThat(ending.state()).isEqualTo(FAILED);
    assertThat(ending.code()).matches("[a-z_]+");
    boolean again =
        switch (code) {
          case PEER_GONE, BUSY, INTERNAL, EXPIRED -> true;
          case REFUSED, REPLAYED, DIVERGED, PEER_CHEATED -> false;
        };
    assertThat(ending.retryable()).isEqualTo(again);
    assertThat(Arrays.stream(Failure.Code.values()).map(c -> codeOf(c)).distinct())
        .hasSize(Failure.Code.values().length);
  }

  private static String codeOf(Failure.Code code) {
    return Ending.of(new Failure(new JobId(1, 2), code, "because")).code();
  }

  @Test
  void whatACallerWishesDependsOnWhereTheJobIs() {
    for (JobState state : Set.of(REQUESTED, QUEUED, PLACED, RUNNING)) {
      assertThat(Ending.wished(Reason.CANCELLED, state).state()).isEqualTo(CANCELLED);
      for (Reason reason : Reason.values()) {
        assertThat(state.mayBecome(Ending.wished(reason, state).state())).isTrue();
      }
    }
    assertThat(Ending.wished(Reason.FINISHED, RUNNING).state()).isEqualTo(COMPLETED);
    assertThat(Ending.wished(Reason.FINISHED, PLACED).state()).isEqualTo(CANCELLED);
    assertThat(Ending.wished(Reason.DISTRUSTED, RUNNING).code()).isEqualTo("lanes_disagree");
    assertThat(Ending.wished(Reason.DISTRUSTED, QUEUED).state()).isEqualTo(CANCELLED);
    assertThat(Ending.wished(Reason.ABANDONED, RUNNING).code()).isEqualTo("abandoned");
    assertThat(Ending.wished(Reason.ABANDONED, RUNNING).state().outcome().billable()).isFalse();
    assertThat(Ending.wished(Reason.ABANDONED, QUEUED).state()).isEqualTo(CANCELLED);
  }
}
