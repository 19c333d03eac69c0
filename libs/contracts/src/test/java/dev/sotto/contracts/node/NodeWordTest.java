package dev.sotto.contracts.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SigningKey;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a node has signed is its word in that place and for that content, and nothing else is. */
class NodeWordTest {
  private static final String LANE = "ab".repeat(32);
  private static final String OTHER_LANE = "cd".repeat(32);
  private static final String JOB = "12".repeat(16);
  private static final SignedManifest MANIFEST = new SignedManifest("YWJj", List.of());

  private final SigningKey node = SigningKey.create();
  private final SigningKey other = SigningKey.create();

  private static PartialResult result(
      JobId job, String lane, int stage, Role role, long serial, long rounds, String sentence) {
    return new PartialResult(
        job,
        lane,
        stage,
        role,
        serial,
        new Usage(rounds, 2, 3),
        new PartialResult.Outcome.Failed(new Failure(job, Failure.Code.BUSY, sentence)));
  }

  @Test
  void aResultIsItsNodesAlone() {
    JobId job = new JobId(1, 2);
    PartialResult said =
        result(job, "lane-1", 0, Role.DEALER, 3, 1, "no")
            .signed(node.publicHex(), LANE, node::sign);
    assertThat(said.isSignedBy(node.publicHex(), LANE)).isTrue();
    assertThat(PartialResult.decode(said.encode())).isEqualTo(said);
    assertThat(said.isSignedBy(other.publicHex(), LANE)).isFalse();
    assertThat(said.isSignedBy(node.publicHex(), OTHER_LANE)).isFalse();
    for (PartialResult altered :
        List.of(
            result(new JobId(1, 3), "lane-1", 0, Role.DEALER, 3, 1, "no"),
            result(job, "lane-2", 0, Role.DEALER, 3, 1, "no"),
            result(job, "lane-1", 1, Role.DEALER, 3, 1, "no"),
            result(job, "lane-1", 0, Role.EVALUATOR_0, 3, 1, "no"),
            result(job, "lane-1", 0, Role.DEALER, 4, 1, "no"),
            result(job, "lane-1", 0, Role.DEALER, 3, 9, "no"),
            result(job, "lane-1", 0, Role.DEALER, 3, 1, "on"))) {
      assertThat(altered.isSignedBy(node.publicHex(), LANE)).as("not signed").isFalse();
      assertThat(with(altered, said.signature()).isSignedBy(node.publicHex(), LANE)).isFalse();
    }
    byte[] flipped = said.signature().toArray();
    flipped[5] ^= 1;
    assertThat(with(said, Octets.wrap(flipped)).isSignedBy(node.publicHex(), LANE)).isFalse();
    assertThatThrownBy(() -> with(said, Octets.wrap(new byte[63])))
        .isInstanceOf(BadMessage.class)
        .hasMessageContaining("PartialResult.signature");
  }

  private static PartialResult with(PartialResult result, Octets signature) {
    return new PartialResult(
        result.jobId(),
        result.laneId(),
        result.stage(),
        result.role(),
        result.serial(),
        result.usage(),
        result.outcome(),
        signature);
  }

  private static DigestShared digest(
      String job, String lane, int stage, Role role, int from, int count, int first, String mark) {
    byte[] bits = new byte[count * DigestPoint.STEP_BYTES];
    bits[0] = (byte) first;
    return new DigestShared(
        job,
        lane,
        stage,
        role,
        from + count,
        from,
        count,
        Base64.getEncoder().encodeToString(bits),
        mark);
  }

  @Test
  void aDigestIsItsNodesAlone() {
    DigestShared said =
        digest(JOB, LANE, 0, Role.EVALUATOR_0, 4, 2, 0, "").signed(node.publicHex(), node::sign);
    String mark = said.signature();
    assertThat(said.isSignedBy(node.publicHex())).isTrue();
    assertThat(said.isSignedBy(other.publicHex())).isFalse();
    EventRecord told = new EventRecord(new UUID(1, 2), 3, said);
    assertThat(EventCodec.decode(EventCodec.encode(told))).isEqualTo(told);
    for (DigestShared altered :
        List.of(
            digest("13".repeat(16), LANE, 0, Role.EVALUATOR_0, 4, 2, 0, mark),
            digest(JOB, OTHER_LANE, 0, Role.EVALUATOR_0, 4, 2, 0, mark),
            digest(JOB, LANE, 1, Role.EVALUATOR_0, 4, 2, 0, mark),
            digest(JOB, LANE, 0, Role.EVALUATOR_1, 4, 2, 0, mark),
            digest(JOB, LANE, 0, Role.EVALUATOR_0, 5, 2, 0, mark),
            digest(JOB, LANE, 0, Role.EVALUATOR_0, 4, 3, 0, mark),
            digest(JOB, LANE, 0, Role.EVALUATOR_0, 4, 2, 1, mark),
            digest(JOB, LANE, 0, Role.EVALUATOR_0, 4, 2, 0, ""))) {
      assertThat(altered.isSignedBy(node.publicHex())).isFalse();
    }
    assertThatThrownBy(() -> digest(JOB, LANE, 0, Role.EVALUATOR_0, 4, 2, 0, "no"))
        .isInstanceOf(BadMessage.class)
        .hasMessageContaining("DigestShared.signature");
  }

  private NodeAnnounced announced(
      String operator, int stage, Role role, String host, int port, State state, long at) {
    return new NodeAnnounced(
        node.publicHex(), operator, MANIFEST, stage, role, host, port, 100, 200, 8, state, 10, at);
  }

  @Test
  void anAnnouncementIsItsNodesAlone() {
    NodeAnnounced said =
        announced("one", 0, Role.DEALER, "host", 4000, State.READY, 20).signed(node::sign);
    assertThat(said.isSigned()).isTrue();
    EventRecord told = new EventRecord(new UUID(1, 2), 3, said);
    assertThat(EventCodec.decode(EventCodec.encode(told))).isEqualTo(told);
    for (NodeAnnounced altered :
        List.of(
            announced("two", 0, Role.DEALER, "host", 4000, State.READY, 20),
            announced("one", 1, Role.DEALER, "host", 4000, State.READY, 20),
            announced("one", 0, Role.EVALUATOR_0, "host", 4000, State.READY, 20),
            announced("one", 0, Role.DEALER, "tsoh", 4000, State.READY, 20),
            announced("one", 0, Role.DEALER, "host", 4001, State.READY, 20),
            announced("one", 0, Role.DEALER, "host", 4000, State.STOPPED, 20),
            announced("one", 0, Role.DEALER, "host", 4000, State.READY, 21))) {
      assertThat(altered.isSigned()).as("not signed").isFalse();
      assertThat(altered.signed(word -> Base64.getDecoder().decode(said.signature())).isSigned())
          .as("with another word's signature")
          .isFalse();
      assertThat(altered.signed(other::sign).isSigned()).as("by another node").isFalse();
    }
  }

  @Test
  void aSignatureIsGoodOnOneTopicAndFieldsDoNotRunTogether() {
    byte[] signature = NodeWord.on("a", node.publicHex()).with("bc").with("d").sign(node::sign);
    assertThat(NodeWord.on("a", node.publicHex()).with("bc").with("d").isSigned(signature))
        .isTrue();
    assertThat(NodeWord.on("b", node.publicHex()).with("bc").with("d").isSigned(signature))
        .isFalse();
    assertThat(NodeWord.on("a", node.publicHex()).with("b").with("cd").isSigned(signature))
        .isFalse();
    assertThat(NodeWord.on("a", node.publicHex()).with("bcd").isSigned(signature)).isFalse();
    assertThat(NodeWord.on("a", node.publicHex()).with("bc").with("d").isSigned(new byte[0]))
        .isFalse();
  }
}
