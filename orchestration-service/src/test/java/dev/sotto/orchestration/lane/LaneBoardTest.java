package dev.sotto.orchestration.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.orchestration.Manifests;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaneBoardTest {
  private static final Duration SILENCE = Duration.ofSeconds(6);
  private final Manifests manifests = new Manifests();
  private Instant now = Instant.ofEpochMilli(1_800_000_000_000L);
  private long ticks;
  private final SignedManifest lane = manifests.lane("lane-1", "a");

  private LaneBoard board(TrustRoots roots) {
    LaneBoard board = new LaneBoard(roots, SILENCE, () -> ticks, () -> now);
    board.listen();
    return board;
  }

  private void pass(Duration time) {
    ticks += time.toNanos();
    now = now.plus(time);
  }

  private long start() {
    return 1_799_999_990_000L;
  }

  private void all(LaneBoard board, SignedManifest signed, State state, long startedAt) {
    for (Role role : Role.values()) {
      Said said = board.hear(Manifests.says(signed, 0, role, state, startedAt), true);
      assertThat(said).isInstanceOf(Said.Believed.class);
    }
  }

  private static LaneState stateOf(LaneBoard board, SignedManifest signed) {
    LaneView view = board.lane(signed.digest());
    assertThat(view).isNotNull();
    return java.util.Objects.requireNonNull(view).state();
  }

  @Test
  void aLaneLivesWhileAllItsNodesSaySomething() {
    LaneBoard board = board(manifests.roots());
    board.hear(Manifests.says(lane, 0, Role.DEALER, State.READY, start()), true);
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.INCOMPLETE);
    all(board, lane, State.READY, start());
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.ALIVE);
    assertThat(board.alive(Manifests.MODEL)).extracting(LaneView::slots).containsExactly(4);
    assertThat(board.alive("00".repeat(32))).isEmpty();
    pass(SILENCE);
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.ALIVE);
    pass(Duration.ofMillis(1));
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.INCOMPLETE);
  }

  @Test
  void oldRecordsSayWhoThereWasOnly() {
    LaneBoard board = board(manifests.roots());
    for (Role role : Role.values()) {
      board.hear(Manifests.says(lane, 0, role, State.READY, start()), false);
    }
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.INCOMPLETE);
    assertThat(board.longestContext(Manifests.MODEL)).isEqualTo(512);
    assertThat(board.broken(lane.digest(), List.of(start(), start(), start()))).isNull();
    pass(SILENCE.plusMillis(1));
    assertThat(board.broken(lane.digest(), List.of(start(), start(), start()))).contains("gone");
  }

  @Test
  void whoCouldNotListenCallsNobodyGone() {
    LaneBoard board = new LaneBoard(manifests.roots(), SILENCE, () -> ticks, () -> now);
    List<Long> starts = List.of(start(), start(), start());
    for (Role role : Role.values()) {
      board.hear(Manifests.says(lane, 0, role, State.READY, start()), false);
    }
    pass(Duration.ofMinutes(1)); // a slow start
    assertThat(board.broken(lane.digest(), starts)).isNull();
    board.listen();
    pass(SILENCE);
    assertThat(board.broken(lane.digest(), starts)).isNull();
    all(board, lane, State.READY, start());
    pass(Duration.ofMinutes(1)); // this process stood still
    board.listen();
    assertThat(board.broken(lane.digest(), starts)).isNull();
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.INCOMPLETE); // and nothing new goes there
    pass(SILENCE.plusMillis(1));
    assertThat(board.broken(lane.digest(), starts)).contains("gone");
  }

  @Test
  void aDrainingNodeTakesNoJobsAndKeepsThoseItHas() {
    LaneBoard board = board(manifests.roots());
    all(board, lane, State.READY, start());
    board.hear(Manifests.says(lane, 0, Role.EVALUATOR_0, State.DRAINING, start()), true);
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.DRAINING);
    assertThat(board.alive(Manifests.MODEL)).isEmpty();
    assertThat(board.broken(lane.digest(), List.of(start(), start(), start()))).isNull();
    board.hear(Manifests.says(lane, 0, Role.EVALUATOR_0, State.STOPPED, start()), true);
    assertThat(board.broken(lane.digest(), List.of(start(), start(), start()))).contains("gone");
  }

  @Test
  void aRestartedNodeHasForgottenItsJobs() {
    LaneBoard board = board(manifests.roots());
    all(board, lane, State.READY, start());
    LaneView view = board.alive(Manifests.MODEL).getFirst();
    List<Long> starts = board.starts(view);
    assertThat(board.broken(lane.digest(), starts)).isNull();
    board.hear(Manifests.says(lane, 0, Role.EVALUATOR_1, State.READY, start() + 9), true);
    assertThat(board.broken(lane.digest(), starts)).contains("evaluator-1", "restarted");
    assertThat(board.broken(lane.digest(), board.starts(view))).isNull();
    NodeAnnounced late = Manifests.says(lane, 0, Role.EVALUATOR_1, State.STOPPED, start());
    assertThat(board.hear(late, true)).isInstanceOf(Said.Outdated.class);
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.ALIVE);
  }

  @Test
  void aLaneThatFailedAJobTakesNoOtherUntilAllItsNodesHaveSpoken() {
    LaneBoard board = board(manifests.roots());
    all(board, lane, State.READY, start());
    List<Long> starts = board.starts(board.alive(Manifests.MODEL).getFirst());
    pass(Duration.ofSeconds(1));
    board.doubt(lane.digest());
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.DOUBTED);
    assertThat(board.alive(Manifests.MODEL)).isEmpty();
    assertThat(board.broken(lane.digest(), starts)).isNull(); // what runs there may go on
    pass(Duration.ofSeconds(1));
    board.hear(Manifests.says(lane, 0, Role.DEALER, State.READY, start()), true);
    board.hear(Manifests.says(lane, 0, Role.EVALUATOR_0, State.READY, start()), true);
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.DOUBTED);
    pass(Duration.ofSeconds(1));
    board.hear(Manifests.says(lane, 0, Role.EVALUATOR_1, State.READY, start() + 9), true);
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.ALIVE);
  }

  @Test
  void aDoubtWithoutAReasonIsNotRaisedAgainForAWhile() {
    LaneBoard board = board(manifests.roots());
    all(board, lane, State.READY, start());
    pass(Duration.ofSeconds(1));
    board.doubt(lane.digest());
    pass(Duration.ofSeconds(1));
    board.doubt(lane.digest()); // no longer by this
    all(board, lane, State.READY, start());
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.ALIVE);
    pass(Duration.ofSeconds(1));
    board.doubt(lane.digest());
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.ALIVE);
    board.hear(Manifests.says(lane, 0, Role.DEALER, State.READY, start() + 9), true);
    pass(Duration.ofSeconds(1));
    board.doubt(lane.digest()); // a node was restarted: the doubt had a reason
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.DOUBTED);
    all(board, lane, State.READY, start() + 9);
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.DOUBTED); // heard at that very instant
    pass(Doubts.REST);
    all(board, lane, State.READY, start() + 9);
    board.doubt(lane.digest());
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.DOUBTED);
  }

  @Test
  void aLaneThatWasNeverHeardOfIsInNoDoubt() {
    LaneBoard board = board(manifests.roots());
    board.doubt("00".repeat(32));
    board.hear(Manifests.says(lane, 0, Role.DEALER, State.READY, start()), true);
    board.doubt(lane.digest());
    all(board, lane, State.READY, start());
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.ALIVE);
  }

  @Test
  void nobodyIsBelievedWithoutEverySignatureUnderAPinnedKey() {
    TrustRoots strangers = rootsOf();
    LaneBoard board = board(strangers);
    Said said = board.hear(Manifests.says(lane, 0, Role.DEALER, State.READY, start()), true);
    assertThat(said).isInstanceOf(Said.Refused.class);
    assertThat(board.refusals())
        .singleElement()
        .extracting(Said.Refused::why)
        .asString()
        .contains("not signed by publisher");
    LaneBoard ours = board(manifests.roots());
    for (int missing = 0; missing < lane.signatures().size(); missing++) {
      List<SignedManifest.Mark> marks = new java.util.ArrayList<>(lane.signatures());
      marks.remove(missing);
      SignedManifest partly = new SignedManifest(lane.manifest(), marks);
      NodeAnnounced shown = Manifests.says(partly, 0, Role.DEALER, State.READY, start());
      assertThat(ours.hear(shown, true)).isInstanceOf(Said.Refused.class);
    }
    assertThat(ours.lanes()).isEmpty();
  }

  private static TrustRoots rootsOf() {
    Manifests others = new Manifests();
    others.lane("lane-1", "a");
    return others.roots();
  }

  @Test
  void aNodeIsBelievedInItsOwnSeatOnly() {
    LaneBoard board = board(manifests.roots());
    NodeAnnounced honest = Manifests.says(lane, 0, Role.DEALER, State.READY, start());
    NodeAnnounced elsewhere =
        new NodeAnnounced(
                honest.identity(),
                honest.operator(),
                lane,
                0,
                Role.EVALUATOR_0,
                "127.0.0.1",
                4000,
                1000,
                512,
                4,
                State.READY,
                start(),
                start())
            .signed(Manifests.signer(honest.identity()));
    NodeAnnounced stageless =
        new NodeAnnounced(
                honest.identity(),
                honest.operator(),
                lane,
                1,
                Role.DEALER,
                "127.0.0.1",
                4000,
                1000,
                512,
                4,
                State.READY,
                start(),
                start())
            .signed(Manifests.signer(honest.identity()));
    NodeAnnounced renamed =
        new NodeAnnounced(
                honest.identity(),
                "a-evaluator-0",
                lane,
                0,
                Role.DEALER,
                "127.0.0.1",
                4000,
                1000,
                512,
                4,
                State.READY,
                start(),
                start())
            .signed(Manifests.signer(honest.identity()));
    NodeAnnounced ahead =
        Manifests.says(lane, 0, Role.DEALER, State.READY, now.toEpochMilli() + 600_000);
    for (NodeAnnounced bad : List.of(elsewhere, stageless, renamed, ahead)) {
      assertThat(board.hear(bad, true)).isInstanceOf(Said.Refused.class);
    }
    NodeAnnounced longAgo =
        Manifests.says(
            lane, 0, Role.DEALER, State.READY, now.minus(Duration.ofHours(1)).toEpochMilli());
    assertThat(board.hear(longAgo, true)).isInstanceOf(Said.Refused.class);
    assertThat(board.nodes()).isEmpty();
    assertThat(board.hear(honest, true)).isInstanceOf(Said.Believed.class);
    assertThat(board.refusals()).isEmpty();
  }

  private static NodeAnnounced saying(NodeAnnounced said, State state, String signature) {
    return new NodeAnnounced(
        said.identity(),
        said.operator(),
        said.lane(),
        said.stage(),
        said.role(),
        said.host(),
        said.port(),
        said.vocab(),
        said.context(),
        said.slots(),
        state,
        said.startedAt(),
        said.announcedAt() + 1,
        signature);
  }

  @Test
  void whoMayWriteToTheBrokerDoesNotSpeakForANode() {
    LaneBoard board = board(manifests.roots());
    all(board, lane, State.READY, start());
    NodeAnnounced honest = Manifests.says(lane, 0, Role.DEALER, State.READY, start());
    NodeAnnounced other = Manifests.says(lane, 0, Role.EVALUATOR_0, State.STOPPED, start());
    for (NodeAnnounced forged :
        List.of(
            saying(honest, State.STOPPED, ""),
            saying(honest, State.STOPPED, honest.signature()),
            saying(honest, State.STOPPED, other.signature()),
            saying(honest, State.STOPPED, "").signed(Manifests.signer(other.identity())))) {
      assertThat(board.hear(forged, true)).isInstanceOf(Said.Forged.class);
    }
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.ALIVE);
    assertThat(board.refusals()).isEmpty();
  }

  @Test
  void whatANodeHasSaidEarlierIsNoSignOfLifeWhenItIsToldAgain() {
    LaneBoard board = board(manifests.roots());
    NodeAnnounced first = Manifests.says(lane, 0, Role.DEALER, State.READY, start());
    all(board, lane, State.READY, start());
    pass(SILENCE.plusMillis(1));
    assertThat(board.hear(first, true)).isInstanceOf(Said.Outdated.class);
    assertThat(board.nodes()).noneMatch(NodeView::heard);
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.INCOMPLETE);
  }

  @Test
  void aManifestsTimeEnds() {
    SignedManifest brief = manifests.lane("lane-2", "b", now.toEpochMilli() + 3_000);
    LaneBoard board = board(manifests.roots());
    all(board, brief, State.READY, start());
    assertThat(stateOf(board, brief)).isEqualTo(LaneState.ALIVE);
    pass(Duration.ofSeconds(3));
    assertThat(stateOf(board, brief)).isEqualTo(LaneState.EXPIRED);
    assertThat(board.hear(Manifests.says(brief, 0, Role.DEALER, State.READY, start()), true))
        .isInstanceOf(Said.Refused.class);
  }

  @Test
  void revocationIsForEver() {
    SignedManifest other = manifests.lane("lane-2", "b");
    LaneBoard board = board(manifests.roots());
    all(board, lane, State.READY, start());
    all(board, other, State.READY, start());
    board.revokeLane(lane.digest());
    ManifestNode node = Manifests.read(other).stages().getFirst().evaluator0();
    board.revokeNode(node.identity());
    all(board, lane, State.READY, start() + 1);
    all(board, other, State.READY, start() + 1);
    assertThat(board.alive(Manifests.MODEL)).isEmpty();
    assertThat(stateOf(board, lane)).isEqualTo(LaneState.REVOKED);
    assertThat(stateOf(board, other)).isEqualTo(LaneState.REVOKED);
    assertThat(board.broken(lane.digest(), List.of())).contains("revoked");
    assertThat(board.broken(other.digest(), List.of())).contains("evaluator-0", "revoked");
  }

  @Test
  void ofOneNameTheManifestThatIsValidLongestServes() {
    SignedManifest rotated = manifests.lane("lane-1", "a", Manifests.LATER + 1);
    LaneBoard board = board(manifests.roots());
    all(board, rotated, State.READY, start());
    all(board, lane, State.READY, start());
    assertThat(board.alive(Manifests.MODEL))
        .extracting(LaneView::digest)
        .containsExactly(rotated.digest());
  }

  @Test
  void aNodeThatMovesToANewManifestLeavesTheOldOne() {
    ManifestStage seats = Manifests.read(lane).stages().getFirst();
    SignedManifest renewed = manifests.sign("lane-1", Manifests.LATER + 1, seats);
    LaneBoard board = board(manifests.roots());
    all(board, lane, State.READY, start());
    List<Long> starts = board.starts(board.alive(Manifests.MODEL).getFirst());
    all(board, renewed, State.READY, start() + 5);
    assertThat(board.alive(Manifests.MODEL))
        .extracting(LaneView::digest)
        .containsExactly(renewed.digest());
    assertThat(board.broken(lane.digest(), starts)).contains("restarted");
  }

  @Test
  void whatWasRecordedIsKnownAndNobodyOfItIsThere() {
    LaneBoard before = board(manifests.roots());
    all(before, lane, State.READY, start());
    LaneBoard after = board(manifests.roots());
    after.recall(List.of(lane), before.nodes(), List.of(), List.of());
    assertThat(stateOf(after, lane)).isEqualTo(LaneState.INCOMPLETE);
    assertThat(after.longestContext(Manifests.MODEL)).isEqualTo(512);
    all(after, lane, State.READY, start());
    assertThat(stateOf(after, lane)).isEqualTo(LaneState.ALIVE);
    LaneBoard strangers = board(rootsOf());
    strangers.recall(List.of(lane), before.nodes(), List.of(), List.of());
    assertThat(strangers.lanes()).isEmpty();
    assertThat(strangers.nodes()).isEmpty();
  }
}
