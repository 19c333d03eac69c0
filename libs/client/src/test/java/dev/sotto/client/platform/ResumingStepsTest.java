package dev.sotto.client.platform;

import static dev.sotto.client.platform.TestPlatform.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sotto.client.lane.LaneException;
import dev.sotto.client.platform.JobRefused.Kind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.Failure.Code;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResumingStepsTest {
  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-26T12:00:00Z"));

  private final TestPlatform platform = new TestPlatform();
  private final List<Duration> pauses = new ArrayList<>();
  private Instant deadline = NOON.instant().plusSeconds(60);
  private final TestLane first = platform.lane("lane-1", ResumingStepsTest::model);
  private final TestLane second = platform.lane("lane-2", ResumingStepsTest::model);
  private final TestLane third = platform.lane("lane-3", ResumingStepsTest::model);

  private static float[] model(List<Integer> sequence) {
    float[] logits = new float[MODEL.vocab()];
    logits[Math.floorMod(sequence.hashCode(), logits.length)] = 4;
    return logits;
  }

  private ResumingSteps open(int prompt, int most) {
    platform.placements.addAll(List.of(List.of(first), List.of(second), List.of(third)));
    return new ResumingSteps(this::job, prompt, most, deadline, NOON, pauses::add);
  }

  private PlatformJob job(int prompt, int most) {
    JobRequest request =
        new JobRequest(
            JobId.random(new SecureRandom()),
            "small",
            Protection.PASSIVE,
            prompt,
            most,
            NOON.instant().plusSeconds(60));
    return PlatformJob.open(platform, platform.roots(), MODEL, request, NOON);
  }

  private void fail(TestLane lane, Code code) {
    JobId id = platform.requests.getLast().jobId();
    lane.failsWith = new Failure(id, code, "evaluator-1 failed first");
  }

  @Test
  void anAnswerSurvivesItsLane() {
    try (ResumingSteps steps = open(2, 4)) {
      steps.next(1, 2);
      steps.next(3);
      fail(first, Code.PEER_GONE);
      assertThat(steps.next(4)).isEqualTo(model(List.of(1, 2, 3, 4)));
      assertThat(second.sequence).containsExactly(1, 2, 3, 4);
      assertThat(steps.next(5)).isEqualTo(model(List.of(1, 2, 3, 4, 5)));
    }
    JobRequest resumed = platform.requests.get(1);
    assertThat(resumed.promptTokens()).isEqualTo(4);
    assertThat(resumed.maxTokens()).isEqualTo(2); // never more in all than was asked for
    assertThat(resumed.jobId()).isNotEqualTo(platform.requests.get(0).jobId());
  }

  @Test
  void triesAreBounded() {
    ResumingSteps steps = open(2, 4);
    for (TestLane lane : List.of(first, second, third)) {
      fail(lane, Code.INTERNAL);
    }
    first.failsWith = new Failure(platform.requests.getLast().jobId(), Code.INTERNAL, "one");
    platform.places =
        placement -> {
          for (TestLane lane : List.of(second, third)) {
            lane.seats.clear(); // it has other jobs in turn
            lane.sequence.clear();
            lane.failsWith = new Failure(placement.jobId(), Code.INTERNAL, "and another");
          }
          return placement;
        };
    LaneException e = catchThrowableOfType(LaneException.class, () -> steps.next(1, 2));
    assertThat(e.code()).isEqualTo(Code.INTERNAL);
    assertThat(platform.requests).hasSize(1 + ResumingSteps.TRIES);
    assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L);
  }

  @Test
  void aPlatformThatHasNoLaneYetIsAskedAgainAfterPauses() {
    try (ResumingSteps steps = open(1, 3)) {
      steps.next(1);
      fail(first, Code.PEER_GONE);
      platform.places =
          placement -> {
            if (pauses.size() < 3) {
              throw new JobRefused(Kind.UNAVAILABLE, "no_lane", "No lane is there.", true);
            }
            return placement;
          };
      assertThat(steps.next(2)).isEqualTo(model(List.of(1, 2)));
      assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L);
    }
  }

  @Test
  void nothingIsTriedPastTheDeadline() {
    deadline = NOON.instant().plusSeconds(3); // a pause of one second fits, one of four does not
    ResumingSteps steps = open(1, 3);
    steps.next(1);
    fail(first, Code.PEER_GONE);
    platform.places =
        _ -> {
          throw new JobRefused(Kind.UNAVAILABLE, "no_lane", "No lane is there.", true);
        };
    LaneException e = catchThrowableOfType(LaneException.class, () -> steps.next(2));
    assertThat(e.code()).isEqualTo(Code.PEER_GONE);
    assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L);
    assertThat(platform.requests).hasSize(4);
  }

  @Test
  void aGatewayThatWasLookedForInVainIsNotLookedForAgain() {
    ResumingSteps steps = open(1, 3);
    steps.next(1);
    fail(first, Code.PEER_GONE);
    platform.places =
        _ -> {
          throw new JobRefused(Kind.UNAVAILABLE, "gateway_unreachable", "It is not there.", true);
        };
    LaneException e = catchThrowableOfType(LaneException.class, () -> steps.next(2));
    assertThat(e.getSuppressed()).anyMatch(s -> s instanceof JobRefused);
    assertThat(platform.requests).hasSize(2);
  }

  @Test
  void whatAnotherTryCannotMendIsNotTriedAgain() {
    for (Code code : List.of(Code.PEER_CHEATED, Code.REFUSED, Code.DIVERGED, Code.REPLAYED)) {
      platform.placements.clear();
      platform.requests.clear();
      first.seats.clear();
      first.sequence.clear();
      first.failsWith = null;
      ResumingSteps steps = open(1, 2);
      fail(first, code);
      LaneException e = catchThrowableOfType(LaneException.class, () -> steps.next(1));
      assertThat(e.code()).isEqualTo(code);
      assertThat(platform.requests).hasSize(1);
    }
  }

  @Test
  void aDisagreementIsNeverTriedAgain() {
    TestLane other = platform.lane("lane-4", sequence -> new float[MODEL.vocab()]);
    platform.placements.add(List.of(first, other));
    ResumingSteps steps =
        new ResumingSteps(
            (prompt, most) ->
                PlatformJob.open(
                    platform,
                    platform.roots(),
                    MODEL,
                    new JobRequest(
                        JobId.random(new SecureRandom()),
                        "small",
                        Protection.COMPARED,
                        prompt,
                        most,
                        NOON.instant().plusSeconds(60)),
                    NOON),
            1,
            2,
            deadline,
            NOON,
            pauses::add);
    assertThatThrownBy(() -> steps.next(1)).isInstanceOf(LaneDistrusted.class);
    assertThat(platform.requests).hasSize(1);
  }

  @Test
  void aPlatformThatHasNoOtherLaneEndsItWithTheFirstCause() {
    ResumingSteps steps = open(1, 3);
    steps.next(1);
    fail(first, Code.PEER_GONE);
    platform.places =
        _ -> {
          throw new JobRefused(Kind.UNAVAILABLE, "no_lane", "No lane is free.", false);
        };
    LaneException e = catchThrowableOfType(LaneException.class, () -> steps.next(2));
    assertThat(e.code()).isEqualTo(Code.PEER_GONE);
    assertThat(e.getSuppressed()).anyMatch(s -> s instanceof JobRefused);
  }
}
