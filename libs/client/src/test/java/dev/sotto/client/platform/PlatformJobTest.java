package dev.sotto.client.platform;

import static dev.sotto.client.platform.TestPlatform.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sotto.client.lane.LaneException;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.manifest.TrustRoots;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformJobTest {
  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-26T12:00:00Z"));

  private final TestPlatform platform = new TestPlatform();

  /** Logits that depend on the whole sequence, on the grid of twelve fraction bits. */
  private static float[] model(List<Integer> sequence) {
    float[] logits = new float[MODEL.vocab()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Math.floorMod(sequence.hashCode() * 31 + i * 17, 4096) / 256f - 8;
    }
    return logits;
  }

  private static float[] shifted(List<Integer> sequence, int token, float by) {
    float[] logits = model(sequence);
    logits[token] += by;
    return logits;
  }

  private static JobRequest request(Protection protection, int prompt, int most) {
    return new JobRequest(
        JobId.random(new SecureRandom()),
        "small",
        protection,
        prompt,
        most,
        NOON.instant().plusSeconds(600));
  }

  private PlatformJob open(Protection protection, int prompt, int most) {
    return open(protection, prompt, most, platform.roots(), MODEL);
  }

  private PlatformJob open(
      Protection protection, int prompt, int most, TrustRoots roots, ModelPin pin) {
    return PlatformJob.open(platform, roots, pin, request(protection, prompt, most), NOON);
  }

  private static int[] prompt(int tokens) {
    return IntStream.range(0, tokens).map(i -> (i * 7 + 3) % 300).toArray();
  }

  private TestLane one() {
    TestLane lane = platform.lane("lane-1", PlatformJobTest::model);
    platform.placements.add(List.of(lane));
    return lane;
  }

  private void two(TestLane.Logits second) {
    platform.placements.add(
        List.of(platform.lane("lane-1", PlatformJobTest::model), platform.lane("lane-2", second)));
  }

  private static List<Integer> boxed(int[] tokens) {
    return IntStream.of(tokens).boxed().toList();
  }

  @Test
  void tokensReachTheNodesAndTheirSharesAddUp() {
    TestLane lane = one();
    int[] prompt = prompt(300); // several parts
    try (PlatformJob job = open(Protection.PASSIVE, prompt.length, 3)) {
      assertThat(job.next(prompt)).isEqualTo(model(boxed(prompt)));
      assertThat(lane.sequence).isEqualTo(boxed(prompt));
      assertThat(job.next(299)).isEqualTo(model(lane.sequence));
      assertThat(job.next(0)).isEqualTo(model(lane.sequence));
      job.finished();
    }
    assertThat(lane.sequence).hasSize(302).endsWith(299, 0);
    assertThat(platform.ends).containsExactly(Reason.FINISHED);
  }

  @Test
  void anAnswerThatIsLeftIsCancelled() {
    one();
    PlatformJob job = open(Protection.PASSIVE, 2, 3);
    job.next(1, 2);
    job.close();
    job.close();
    assertThat(platform.ends).containsExactly(Reason.CANCELLED);
  }

  @Test
  void jobsShareNeitherNonceNorKey() {
    TestLane lane = one();
    open(Protection.PASSIVE, 1, 1).next(1);
    var first = Objects.requireNonNull(lane.open);
    lane.seats.clear();
    lane.sequence.clear();
    open(Protection.PASSIVE, 1, 1).next(1);
    var second = Objects.requireNonNull(lane.open);
    assertThat(second.nonce()).isNotEqualTo(first.nonce());
    assertThat(second.resultKey()).isNotEqualTo(first.resultKey());
  }

  @Test
  void lanesThatAgreeWithinTheBoundAreBelieved() {
    two(sequence -> shifted(sequence, 5, 0.4f));
    try (PlatformJob job = open(Protection.COMPARED, 2, 2)) {
      assertThat(job.next(1, 2)).isEqualTo(model(List.of(1, 2)));
    }
    List<TestLane> lanes = platform.placements.getFirst();
    var first = Objects.requireNonNull(lanes.get(0).open);
    var second = Objects.requireNonNull(lanes.get(1).open);
    assertThat(first.resultKey()).isNotEqualTo(second.resultKey());
    assertThat(first.jobId()).isEqualTo(second.jobId());
  }

  @Test
  void lanesThatDisagreeAreNotBelieved() {
    List<String> sentences = new ArrayList<>();
    for (float by : new float[] {0.6f, -3, 1000}) {
      platform.placements.clear();
      platform.requests.clear();
      two(sequence -> shifted(sequence, 7, by));
      PlatformJob job = open(Protection.COMPARED, 2, 2);
      LaneDistrusted e = catchThrowableOfType(LaneDistrusted.class, () -> job.next(1, 2));
      assertThat(e.reason()).isEqualTo(LaneDistrusted.Reason.DISAGREEMENT);
      sentences.add(String.valueOf(e.getMessage()));
      job.close();
    }
    assertThat(Collections.frequency(sentences, sentences.getFirst())).isEqualTo(3);
    assertThat(platform.ends).containsOnly(Reason.DISTRUSTED).hasSize(3);
  }

  @Test
  void aDisagreementAfterAgreementIsFoundBeforeAnythingIsShown() {
    two(sequence -> sequence.size() < 3 ? model(sequence) : shifted(sequence, 0, 2));
    PlatformJob job = open(Protection.COMPARED, 2, 4);
    job.next(1, 2);
    assertThatThrownBy(() -> job.next(3)).isInstanceOf(LaneDistrusted.class);
  }

  private void refusedPlacement(ModelPin pin, TrustRoots roots, Protection protection, String why) {
    LaneDistrusted e =
        catchThrowableOfType(LaneDistrusted.class, () -> open(protection, 2, 2, roots, pin));
    assertThat(e).hasMessageContaining(why);
    assertThat(e.reason()).isEqualTo(LaneDistrusted.Reason.PLACEMENT);
    assertThat(platform.ends).containsExactly(Reason.DISTRUSTED);
    platform.placed.values().forEach(l -> l.forEach(lane -> assertThat(lane.open).isNull()));
  }

  @Test
  void aSwappedTokenizerIsRefused() {
    one();
    ModelPin other = new ModelPin(300, MODEL.modelDigest(), "d".repeat(64), "c".repeat(64));
    refusedPlacement(other, platform.roots(), Protection.PASSIVE, "another tokenizer");
  }

  @Test
  void aSwappedTemplateIsRefused() {
    one();
    ModelPin other = new ModelPin(300, MODEL.modelDigest(), "b".repeat(64), "d".repeat(64));
    refusedPlacement(other, platform.roots(), Protection.PASSIVE, "another chat template");
  }

  @Test
  void aSwappedModelIsRefused() {
    one();
    ModelPin other = new ModelPin(300, "d".repeat(64), "b".repeat(64), "c".repeat(64));
    refusedPlacement(other, platform.roots(), Protection.PASSIVE, "another model");
  }

  @Test
  void anOperatorWhomNobodyPinsIsRefused() {
    one();
    Map<String, String> operators = new HashMap<>(platform.roots().operators());
    operators.remove("lane-1-dealer");
    TrustRoots roots = new TrustRoots(platform.roots().publishers(), operators);
    refusedPlacement(MODEL, roots, Protection.PASSIVE, "operator lane-1-dealer, whose key");
  }

  @Test
  void anotherPublishersManifestIsRefused() {
    one();
    TrustRoots roots =
        new TrustRoots(
            Map.of(TestLane.PUBLISHER, SigningKey.create().publicHex()),
            platform.roots().operators());
    refusedPlacement(MODEL, roots, Protection.PASSIVE, "not signed by publisher");
  }

  @Test
  void lessProtectionThanAskedForIsRefused() {
    one();
    platform.places = p -> new Placement(p.jobId(), Protection.PASSIVE, p.lanes());
    refusedPlacement(MODEL, platform.roots(), Protection.COMPARED, "protection passive");
  }

  @Test
  void fewerLanesThanTheProtectionTakesAreRefused() {
    one();
    refusedPlacement(MODEL, platform.roots(), Protection.COMPARED, "takes 2 lanes, there are 1");
  }

  @Test
  void oneLaneTwiceIsNoComparison() {
    one();
    platform.places =
        p -> new Placement(p.jobId(), p.protection(), List.of(p.lanes().get(0), p.lanes().get(0)));
    refusedPlacement(MODEL, platform.roots(), Protection.COMPARED, "one name");
  }

  @Test
  void lanesWithACommonOperatorAreRefused() {
    TestLane first = platform.lane("lane-1", PlatformJobTest::model);
    TestLane second =
        new TestLane(
            "lane-2", "lane-1", first.operators, MODEL, platform.publisher, PlatformJobTest::model);
    platform.placements.add(List.of(first, second));
    refusedPlacement(MODEL, platform.roots(), Protection.COMPARED, "runs nodes of two lanes");
  }

  @Test
  void aPlacementOfAnotherJobIsRefused() {
    one();
    platform.places =
        p -> new Placement(JobId.random(new SecureRandom()), p.protection(), p.lanes());
    refusedPlacement(MODEL, platform.roots(), Protection.PASSIVE, "another job");
  }

  private LaneException failing(Reason reason) {
    PlatformJob job = open(Protection.PASSIVE, 2, 3);
    LaneException e = catchThrowableOfType(LaneException.class, () -> job.next(1, 2));
    assertThat(platform.ends).containsExactly(reason);
    return e;
  }

  @Test
  void aNodesFailureIsToldWithItsCode() {
    TestLane lane = one();
    PlatformJob job = open(Protection.PASSIVE, 2, 3);
    JobId id = platform.requests.getFirst().jobId();
    lane.failsWith = new Failure(id, Failure.Code.BUSY, "no room for another job");
    LaneException e = catchThrowableOfType(LaneException.class, () -> job.next(1, 2));
    assertThat(e).hasMessage("dealer: no room for another job");
    assertThat(platform.ends).isEmpty(); // the platform has heard it too
    assertThat(e.code()).isEqualTo(Failure.Code.BUSY);
    assertThat(e.retryable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPlatformThatCannotGoOnIsSaidToHaveLeftTheJob(boolean retryable) {
    one();
    PlatformJob job = open(Protection.PASSIVE, 2, 3);
    platform.answers =
        _ -> {
          throw new JobRefused(JobRefused.Kind.UNAVAILABLE, "unavailable", "Away.", retryable);
        };
    assertThatThrownBy(() -> job.next(1, 2)).isInstanceOf(JobRefused.class);
    assertThat(platform.ends).containsExactly(retryable ? Reason.ABANDONED : Reason.CANCELLED);
  }

  @Test
  void aResultThatIsMissingIsNoResult() {
    one();
    platform.answers = results -> results.subList(0, 2);
    assertThat(failing(Reason.CANCELLED)).hasMessageContaining("no result of evaluator-1");
  }

  @Test
  void swappedResultsDoNotOpen() {
    one();
    platform.answers =
        results ->
            results.stream()
                .map(r -> at(r, r.role() == Role.EVALUATOR_0 ? Role.EVALUATOR_1 : other(r.role())))
                .toList();
    LaneException e = failing(Reason.DISTRUSTED);
    assertThat(e.code()).isEqualTo(Failure.Code.PEER_CHEATED);
    assertThat(e).hasMessageContaining("is refused");
  }

  @Test
  void whoeverIsNoNodeOfTheLaneSaysNothingThatIsBelieved() {
    one();
    platform.answers =
        results -> {
          List<PartialResult> said = new ArrayList<>();
          for (PartialResult r : results) { // in a node's name, and by a key of the liar's own
            Failure failure = new Failure(r.jobId(), Failure.Code.PEER_CHEATED, "it cheated");
            PartialResult forged =
                new PartialResult(
                    r.jobId(),
                    r.laneId(),
                    r.stage(),
                    r.role(),
                    r.serial(),
                    r.usage(),
                    new PartialResult.Outcome.Failed(failure));
            SigningKey liar = SigningKey.create();
            said.add(forged);
            said.add(forged.signed(liar.publicHex(), "a".repeat(64), liar::sign));
          }
          said.addAll(results);
          return said;
        };
    try (PlatformJob job = open(Protection.PASSIVE, 2, 3)) {
      assertThat(job.next(1, 2)).isNotEmpty();
    }
  }

  @Test
  void aResultThatWasAlteredOnItsWayIsRefused() {
    one();
    platform.answers =
        results ->
            results.stream()
                .map(
                    r ->
                        new PartialResult(
                            r.jobId(),
                            r.laneId(),
                            r.stage(),
                            r.role(),
                            r.serial(),
                            new Usage(r.usage().rounds() + 1, 0, 0),
                            r.outcome(),
                            r.signature()))
                .toList();
    LaneException e = failing(Reason.DISTRUSTED);
    assertThat(e).hasMessageContaining("is refused: it is not signed");
  }

  private static Role other(Role role) {
    return role == Role.EVALUATOR_1 ? Role.EVALUATOR_0 : role;
  }

  private static PartialResult at(PartialResult r, Role role) {
    return new PartialResult(
        r.jobId(), r.laneId(), r.stage(), role, r.serial(), r.usage(), r.outcome());
  }

  @Test
  void anEarlierResultIsNotTakenForALaterOne() {
    one();
    List<PartialResult> first = new ArrayList<>();
    platform.answers =
        results -> {
          if (first.isEmpty()) {
            first.addAll(results);
            return results;
          }
          return first.stream()
              .map(
                  r ->
                      new PartialResult(
                          r.jobId(), r.laneId(), r.stage(), r.role(), 1, r.usage(), r.outcome()))
              .toList();
        };
    PlatformJob job = open(Protection.PASSIVE, 2, 3);
    job.next(1, 2);
    LaneException e = catchThrowableOfType(LaneException.class, () -> job.next(3));
    assertThat(e.code()).isEqualTo(Failure.Code.PEER_CHEATED);
  }

  @Test
  void nothingRunsAfterTheEnd() {
    one();
    PlatformJob job = open(Protection.PASSIVE, 1, 1);
    job.next(1);
    assertThatThrownBy(() -> job.next(2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> job.next(2)).isInstanceOf(IllegalStateException.class);
  }
}
