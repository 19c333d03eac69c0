package dev.sotto.orchestration.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedPart;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.orchestration.Manifests;
import dev.sotto.orchestration.job.Progress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whether a caller can have its whole answer when its lane ends, read from steps and results. */
class StrandedStepsTest {
  private static final JobId JOB = new JobId(9, 10);
  private static final Failure GONE = new Failure(JOB, Failure.Code.PEER_GONE, "gone");
  private final Manifests manifests = new Manifests();
  private final SignedManifest lane = manifests.lane("lane-1", "a");
  private final List<Seat> seats =
      Seat.of(new LinkedHashMap<>(Map.of(lane.digest(), Manifests.read(lane))));
  private final StepPlan plan = StepPlan.of(300, 5); // 3 + 4 steps
  private final StepPlan digested = StepPlan.digested(300, 20);
  private final Spy spy = new Spy();
  private final StepDesk desk = new StepDesk(spy, spy);

  private StepTrack open(StepPlan steps, int finished) {
    StepTrack track = new StepTrack(steps, seats, new Progress(finished, finished, new byte[0]));
    desk.open(JOB, track);
    return track;
  }

  private static Octets bytes(int length) {
    return Octets.wrap(new byte[length]);
  }

  private SealedStep step(int serial, int tokens) {
    List<SealedPart> parts =
        seats.stream()
            .map(
                seat ->
                    new SealedPart(
                        seat.laneId(),
                        seat.stage(),
                        seat.role(),
                        bytes(serial == 0 ? 1120 : 0),
                        bytes(20)))
            .toList();
    return new SealedStep(JOB, serial, tokens, parts);
  }

  private void send(int serial) {
    desk.step(step(serial, plan.part(serial).tokens()), false, null);
  }

  private void answer(int serial, List<Seat> by) {
    by.forEach(seat -> say(seat, serial, new PartialResult.Outcome.Sealed(bytes(0), bytes(20))));
  }

  private void fail(Seat seat, int serial) {
    say(seat, serial, new PartialResult.Outcome.Failed(GONE));
  }

  private void say(Seat seat, int serial, PartialResult.Outcome outcome) {
    desk.result(
        new PartialResult(
                JOB, seat.laneId(), seat.stage(), seat.role(), serial, Usage.NONE, outcome)
            .signed(seat.identity(), seat.manifestDigest(), Manifests.signer(seat.identity())));
  }

  private void saysThatTheCallerCanHaveItsAnswer(boolean can) {
    assertThat(spy.stopped).containsExactly(new Judged.GivenUp("lane-1", GONE, !can));
  }

  @Test
  void afterAnAnsweredStepTheCallerMayBeDone() {
    open(plan, 4);
    fail(seats.getFirst(), 3);
    saysThatTheCallerCanHaveItsAnswer(true);
  }

  @Test
  void whileAStepRunsItWaitsForItsAnswerEvenOfANodeThatHasAnswered() {
    open(plan, 4);
    send(4);
    answer(4, seats.subList(0, 2));
    fail(seats.getFirst(), 4);
    saysThatTheCallerCanHaveItsAnswer(false);
  }

  @Test
  void aFailureThatComesAfterTheLastAnswerComesAfterIt() {
    open(plan, 4);
    send(4);
    answer(4, seats);
    fail(seats.getFirst(), 4);
    saysThatTheCallerCanHaveItsAnswer(true);
  }

  @Test
  void beforeTheFirstAnswerThereIsNone() {
    open(plan, 2); // of three steps that read the prompt
    fail(seats.getFirst(), 1);
    saysThatTheCallerCanHaveItsAnswer(false);
  }

  @Test
  void whoHasAskedForAnotherStepIsNotDone() {
    StepTrack track = open(plan, 3);
    send(3);
    send(4); // its caller has the answers to step 3, which are on their way here
    fail(seats.getFirst(), 3);
    saysThatTheCallerCanHaveItsAnswer(false);
    assertThat(track.strand()).isTrue();
    assertThat(track.strand()).as("asked again").isTrue();
    assertThat(track.holds()).isFalse();
  }

  @Test
  void aDigestInPlaceOfAStepIsSentByWhoIsDone() {
    StepTrack track = open(digested, 6);
    desk.step(step(6, 0), false, null);
    assertThat(track.running()).isTrue();
    fail(seats.getFirst(), 6);
    saysThatTheCallerCanHaveItsAnswer(true);
  }

  @Test
  void aDigestOfThePlanIsAStepLikeAnyOther() {
    int first = digested.promptSteps() - 1 + StepPlan.DIGEST_WINDOW;
    assertThat(digested.isDigest(first)).isTrue();
    open(digested, first);
    desk.step(step(first, 0), false, null);
    fail(seats.getFirst(), first);
    saysThatTheCallerCanHaveItsAnswer(false);
  }

  @Test
  void nothingOfAStrandedJobIsSentAndItsNextStepTellsThatItsCallerGoesOn() {
    StepTrack track = open(plan, 3);
    send(3);
    spy.sent.clear();
    assertThat(track.strand()).isFalse();
    send(3); // once more: tells nothing
    desk.step(step(4, 1), true, null); // from before this process: tells nothing
    assertThat(spy.stopped).isEmpty();
    send(4);
    assertThat(spy.stopped).containsExactly(new Judged.WentOn());
    assertThat(spy.sent).isEmpty();
  }

  @Test
  void resultsOfAStrandedJobStillCountAndFailuresOfAnUnansweredStepToo() {
    StepTrack track = open(plan, 3);
    send(3);
    track.strand();
    answer(3, seats);
    assertThat(track.progress()).isEqualTo(new Progress(4, 4, new byte[0]));
    fail(seats.getFirst(), 3); // the caller has its answers
    assertThat(spy.stopped).isEmpty();
    StepTrack other = open(plan, 3);
    send(3);
    other.strand();
    answer(3, seats.subList(0, 2));
    fail(seats.getLast(), 3);
    saysThatTheCallerCanHaveItsAnswer(false);
  }

  @Test
  void aDigestInPlaceOfAStepOfAStrandedJobTellsNothing() {
    StepTrack track = open(digested, 6);
    track.strand();
    desk.step(step(6, 0), false, null);
    assertThat(spy.stopped).isEmpty();
    assertThat(spy.sent).isEmpty();
  }
}
