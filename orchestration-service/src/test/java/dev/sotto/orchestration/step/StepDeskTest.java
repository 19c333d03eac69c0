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
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.orchestration.Manifests;
import dev.sotto.orchestration.job.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StepDeskTest {
  private static final long SEED = 0x5077_0401L;
  private static final JobId JOB = new JobId(7, 8);
  private final Manifests manifests = new Manifests();
  private final List<Seat> seats =
      Seat.of(read(manifests.lane("lane-1", "a"), manifests.lane("lane-2", "b")));
  private final StepPlan plan = StepPlan.of(300, 5); // 3 + 4 steps
  private final Spy spy = new Spy();
  private final StepDesk desk = new StepDesk(spy, spy);

  private static SequencedMap<String, Manifest> read(SignedManifest... lanes) {
    SequencedMap<String, Manifest> read = new LinkedHashMap<>();
    for (SignedManifest lane : lanes) {
      read.put(lane.digest(), Manifests.read(lane));
    }
    return read;
  }

  private StepTrack open(Progress reached) {
    StepTrack track = new StepTrack(plan, seats, reached);
    desk.open(JOB, track);
    return track;
  }

  private static Octets bytes(int length) {
    return Octets.wrap(new byte[length]);
  }

  private List<SealedPart> parts(int serial) {
    List<SealedPart> parts = new ArrayList<>();
    for (Seat seat : seats) {
      Octets first = bytes(serial == 0 ? 1120 : 0);
      parts.add(new SealedPart(seat.laneId(), seat.stage(), seat.role(), first, bytes(20)));
    }
    return parts;
  }

  private SealedStep step(int serial) {
    return new SealedStep(JOB, serial, plan.part(serial).tokens(), parts(serial));
  }

  private static PartialResult result(Seat seat, int serial) {
    return result(seat, serial, new PartialResult.Outcome.Sealed(bytes(0), bytes(20)));
  }

  private static PartialResult result(Seat seat, int serial, PartialResult.Outcome outcome) {
    return new PartialResult(
            JOB, seat.laneId(), seat.stage(), seat.role(), serial, Usage.NONE, outcome)
        .signed(seat.identity(), seat.manifestDigest(), Manifests.signer(seat.identity()));
  }

  private void answer(int serial) {
    seats.forEach(seat -> desk.result(result(seat, serial)));
  }

  @Test
  void everyNodeGetsItsPartAndAStepIsDoneWhenAllHaveAnswered() {
    StepTrack track = open(Progress.NONE);
    for (int serial = 0; serial < plan.steps(); serial++) {
      spy.sent.clear();
      desk.step(step(serial), false, null);
      assertThat(spy.sent)
          .extracting(Sent::identity)
          .containsExactlyElementsOf(seats.stream().map(Seat::identity).toList());
      assertThat(track.progress().finished()).isEqualTo(serial);
      assertThat(track.running()).isTrue();
      answer(serial);
      assertThat(track.progress()).isEqualTo(new Progress(serial + 1, serial + 1, new byte[0]));
    }
    desk.step(new SealedStep(JOB, plan.steps(), 1, parts(plan.steps())), false, null);
    assertThat(spy.dropped).hasSize(1);
  }

  private SealedStep digest(int serial) {
    return new SealedStep(JOB, serial, 0, parts(serial));
  }

  @Test
  void whereLanesAreComparedDigestsAreStepsOfThePlan() {
    StepPlan digested = StepPlan.digested(300, 20);
    StepTrack track = new StepTrack(digested, seats, Progress.NONE);
    desk.open(JOB, track);
    for (int serial = 0; serial < digested.steps(); serial++) {
      desk.step(
          new SealedStep(JOB, serial, digested.part(serial).tokens(), parts(serial)), false, null);
      answer(serial);
    }
    assertThat(track.progress().finished()).isEqualTo(digested.steps());
    assertThat(track.progress().completionTokens(digested)).isEqualTo(20);
    assertThat(track.progress().promptTokens(digested)).isEqualTo(300);
    assertThat(spy.stopped).isEmpty();
  }

  @Test
  void aDigestInPlaceOfAStepIsSentAndCountsAsNone() {
    StepPlan digested = StepPlan.digested(300, 20);
    StepTrack track = new StepTrack(digested, seats, new Progress(6, 6, new byte[0]));
    desk.open(JOB, track);
    assertThat(track.progress().completionTokens(digested)).isEqualTo(4);
    desk.step(digest(6), false, null);
    assertThat(spy.sent).hasSize(seats.size());
    assertThat(track.running()).isTrue();
    answer(6);
    assertThat(track.running()).isFalse();
    assertThat(track.progress().completionTokens(digested)).isEqualTo(4);
    desk.step(digest(6), false, null); // whoever asks again is answered again
    assertThat(spy.sent).hasSize(2 * seats.size());
    assertThat(spy.stopped).isEmpty();
  }

  @Test
  void aDigestInPlaceOfAStepCountsAsNoneAfterARestartToo() {
    StepPlan digested = StepPlan.digested(300, 20);
    StepTrack before = new StepTrack(digested, seats, new Progress(6, 6, new byte[0]));
    desk.open(JOB, before);
    desk.step(digest(6), false, null);
    desk.result(result(seats.getFirst(), 6));
    StepTrack after = new StepTrack(digested, seats, before.progress());
    desk.open(JOB, after);
    seats.subList(1, seats.size()).forEach(seat -> desk.result(result(seat, 6)));
    assertThat(after.running()).isFalse();
    assertThat(after.progress().finished()).isEqualTo(6);
    assertThat(after.progress().completionTokens(digested)).isEqualTo(4);
  }

  @Test
  void aStepOfNoTokensWhereNothingIsDigestedIsBroken() {
    open(new Progress(4, 4, new byte[0]));
    desk.step(digest(4), false, null);
    assertThat(spy.stopped).hasSize(1);
    assertThat(spy.sent).isEmpty();
  }

  @Test
  void aStepThatIsEarlyWaitsForTheOneBeforeIt() {
    StepTrack track = open(Progress.NONE);
    desk.step(step(0), false, null);
    desk.step(step(1), false, null);
    desk.step(step(2), false, null); // too early by more than the topics can differ
    assertThat(spy.sent).hasSize(seats.size());
    assertThat(track.holds()).isTrue();
    answer(0);
    assertThat(spy.sent).hasSize(2 * seats.size());
    assertThat(spy.sent.getLast().step().serial()).isEqualTo(1);
    assertThat(spy.dropped).containsExactly("the step is not due");
  }

  @Test
  void aStepThatComesAgainIsSentAgainUnlessANodeMayBeFurther() {
    open(Progress.NONE);
    desk.step(step(0), false, null);
    desk.step(step(0), false, null);
    assertThat(spy.sent).hasSize(2 * seats.size());
    answer(0);
    answer(0);
    desk.step(step(0), false, null);
    assertThat(spy.sent).hasSize(3 * seats.size());
    desk.step(step(0), true, null); // an old record: nobody waits
    desk.step(step(1), false, null);
    desk.step(step(0), false, null); // step 1 runs
    assertThat(spy.sent).hasSize(4 * seats.size());
  }

  @Test
  void aStepWithoutExactlyItsPartsIsItsCallersFault() {
    List<SealedPart> twice = parts(0);
    twice.set(1, twice.get(0));
    List<SealedPart> fewer = parts(0).subList(1, seats.size());
    List<SealedPart> more = parts(0);
    more.add(more.get(0));
    List<SealedPart> strange = parts(0);
    SealedPart first = strange.get(0);
    strange.set(0, new SealedPart("lane-9", 0, first.role(), bytes(1120), bytes(20)));
    for (SealedStep bad :
        List.of(
            new SealedStep(JOB, 0, 128, twice),
            new SealedStep(JOB, 0, 128, fewer),
            new SealedStep(JOB, 0, 128, more),
            new SealedStep(JOB, 0, 128, strange),
            new SealedStep(JOB, 0, 128, parts(1)),
            new SealedStep(JOB, 0, 127, parts(0)))) {
      spy.stopped.clear();
      open(Progress.NONE);
      desk.step(bad, false, null);
      assertThat(spy.stopped).singleElement().isInstanceOf(Judged.Broken.class);
    }
    open(new Progress(1, 1, new byte[0]));
    spy.stopped.clear();
    desk.step(new SealedStep(JOB, 1, 128, parts(0)), false, null);
    assertThat(spy.stopped).singleElement().isInstanceOf(Judged.Broken.class);
    assertThat(spy.sent).isEmpty();
  }

  @Test
  void aNodeThatGivesUpIsHeardAndAStrangerIsNot() {
    open(Progress.NONE);
    desk.step(step(0), false, null);
    Failure failure = new Failure(JOB, Failure.Code.PEER_GONE, "gone");
    Seat seat = seats.getFirst();
    PartialResult.Outcome failed = new PartialResult.Outcome.Failed(failure);
    desk.result(new PartialResult(JOB, "lane-9", 0, seat.role(), 0, Usage.NONE, failed));
    assertThat(spy.stopped).isEmpty();
    assertThat(spy.forged).isZero();
    PartialResult unsigned =
        new PartialResult(JOB, "lane-1", 0, seat.role(), 0, Usage.NONE, failed);
    Seat other = seats.get(1);
    Seat elsewhere = seats.get(3); // the same role of the other lane
    List<PartialResult> forgeries =
        List.of(
            unsigned,
            unsigned.signed(
                seat.identity(), seat.manifestDigest(), Manifests.signer(other.identity())),
            unsigned.signed(
                other.identity(), seat.manifestDigest(), Manifests.signer(other.identity())),
            unsigned.signed(
                seat.identity(), elsewhere.manifestDigest(), Manifests.signer(seat.identity())));
    forgeries.forEach(desk::result);
    assertThat(spy.stopped).isEmpty();
    assertThat(spy.forged).isEqualTo(forgeries.size());
    desk.result(result(seat, 0, failed));
    assertThat(spy.stopped).containsExactly(new Judged.GivenUp("lane-1", failure, true));
  }

  @Test
  void afterTheEndNothingIsSent() {
    open(Progress.NONE);
    desk.step(step(0), false, null);
    spy.sent.clear();
    desk.close(JOB, () -> {});
    desk.close(JOB, () -> {});
    assertThat(spy.closed).hasSize(seats.size()).doesNotHaveDuplicates();
    desk.step(step(0), false, null);
    answer(0);
    desk.step(step(1), false, null);
    assertThat(spy.sent).isEmpty();
    assertThat(desk.track(JOB)).isNull();
  }

  /**
   * Copies, delays and restarts in any order: the nodes see step n for the first time only after
   * all have answered n − 1, and the job comes to its end all the same. Records of one topic keep
   * their order, as a broker keeps it; a restart goes back to where both topics and the progress
   * were last written down.
   */
  @Test
  void copiesDelaysAndRestartsAreHarmless() {
    Random random = new Random(SEED);
    for (int run = 0; run < 300; run++) {
      new Run(random, run).toTheEnd();
    }
  }

  private final class Run {
    final Random random;
    final String name;
    final List<SealedStep> steps = new ArrayList<>();
    final List<PartialResult> results = new ArrayList<>();
    final TreeMap<Integer, Integer> firstSeen = new TreeMap<>();
    int stepAt;
    int resultAt;
    int sentBefore;
    int oldSteps;
    int keptStepAt;
    int keptResultAt;
    Progress kept = Progress.NONE;

    Run(Random random, int number) {
      this.random = random;
      this.name = "run " + number + ", seed " + Long.toHexString(SEED);
    }

    void toTheEnd() {
      open(Progress.NONE);
      spy.sent.clear();
      steps.add(step(0));
      int turns = 0;
      while (track().progress().finished() < plan.steps()) {
        assertThat(turns++).as(name).isLessThan(100_000);
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3 -> deliverStep();
          case 4, 5, 6, 7 -> deliverResult();
          case 8 -> again(steps);
          case 9 -> again(results);
          case 10 -> keep();
          default -> restart();
        }
        nodes();
        caller();
      }
      assertThat(firstSeen).as(name).hasSize(plan.steps());
      assertThat(spy.stopped).as(name).isEmpty();
    }

    StepTrack track() {
      return java.util.Objects.requireNonNull(desk.track(JOB));
    }

    void deliverStep() {
      if (stepAt < steps.size()) {
        desk.step(steps.get(stepAt), stepAt < oldSteps, null);
        stepAt++;
      }
    }

    void deliverResult() {
      if (resultAt < results.size()) {
        desk.result(results.get(resultAt++));
      }
    }

    <T> void again(List<T> topic) {
      if (!topic.isEmpty()) {
        topic.add(topic.get(topic.size() - 1 - random.nextInt(Math.min(3, topic.size()))));
      }
    }

    void keep() {
      kept = track().progress();
      keptResultAt = resultAt;
      keptStepAt = track().holds() ? keptStepAt : stepAt;
    }

    void restart() {
      if (random.nextInt(4) == 0) {
        open(kept);
        stepAt = keptStepAt;
        oldSteps = steps.size();
        resultAt = keptResultAt;
        while (resultAt < results.size()) {
          deliverResult(); // results are caught up with first
        }
      }
    }

    /** Nodes answer each part, twice if it comes twice, and forget nothing. */
    void nodes() {
      for (Sent part : spy.sent.subList(sentBefore, spy.sent.size())) {
        int serial = (int) part.step().serial();
        firstSeen.merge(serial, 1, Integer::sum);
        assertThat(places(serial - 1)).as(name).isEqualTo(serial == 0 ? 0 : seats.size());
        seats.stream()
            .filter(seat -> seat.identity().equals(part.identity()))
            .forEach(seat -> results.add(result(seat, serial)));
      }
      sentBefore = spy.sent.size();
    }

    long places(int serial) {
      return results.stream()
          .filter(result -> result.serial() == serial)
          .map(result -> result.laneId() + result.role())
          .distinct()
          .count();
    }

    /** The caller reads the results' topic itself, and is often ahead of this side. */
    void caller() {
      int newest = (int) steps.stream().mapToLong(SealedStep::serial).max().orElseThrow();
      if (newest + 1 < plan.steps() && places(newest) == seats.size()) {
        steps.add(step(newest + 1));
      }
    }
  }
}
