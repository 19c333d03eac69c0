package dev.sotto.shard;

import static dev.sotto.shard.testing.SmallModel.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.NodeStep;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.disposable.DisposableData;
import dev.sotto.nn.ClearRun;
import dev.sotto.shard.testing.Broker;
import dev.sotto.shard.testing.NodeProcess;
import dev.sotto.shard.testing.SealedCall;
import dev.sotto.shard.testing.Seat;
import dev.sotto.shard.testing.SmallLane;
import dev.sotto.shard.testing.SmallModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes in processes of their own: killed, restarted, told to stop. */
class NodeProcessesTest {
  private static final Seat FIRST = new Seat(0, Role.EVALUATOR_0);
  private static final Seat SECOND = new Seat(0, Role.EVALUATOR_1);
  private static final Seat DEALER = new Seat(0, Role.DEALER);
  private static final int[] PROMPT = SmallModel.prompt(1, 6);

  @TempDir private Path folder;
  private final Path logs = Path.of("target").toAbsolutePath();
  private final Map<Seat, NodeProcess> nodes = new HashMap<>();

  private NodeProcess node(Seat seat) {
    return Objects.requireNonNull(nodes.get(seat));
  }

  private void start(SmallLane lane, Seat seat) throws IOException {
    nodes.put(
        seat, new NodeProcess(lane, seat, logs.resolve(seat + ".log"), "--sotto.shard.drain=30s"));
  }

  private static NodeAnnounced said(
      Broker broker, SmallLane lane, Seat seat, State state, long since) {
    return broker.awaitNode(
        n ->
            n.identity().equals(lane.identity(seat))
                && n.state() == state
                && n.startedAt() > since);
  }

  @Test
  void aKilledNodeFailsItsJobsAndServesTheNextAndDrains() throws Exception {
    String bootstrap = DisposableData.kafka().bootstrap();
    try (SmallLane lane = new SmallLane(folder, bootstrap, 1);
        Broker broker = new Broker(bootstrap)) {
      for (Seat seat : lane.seats()) {
        start(lane, seat);
      }
      long began = said(broker, lane, FIRST, State.READY, 0).startedAt();
      ClearRun oracle = SmallModel.clear();

      SealKeyPair own = SealKeyPair.create();
      SealedCall.Terms terms = SealedCall.fresh(lane, PROMPT.length, 5);
      SealedCall lost = new SealedCall(lane, broker, own, terms);
      Map<Seat, NodeStep> envelopes = lost.seal(PROMPT);
      lost.send(envelopes);
      assertClose(lost.collect(0), oracle.logits(PROMPT));
      node(FIRST).kill();
      lost.send(lost.seal(3)); // a peer is missed when it is needed
      assertThat(lost.failure(SECOND).code()).isEqualTo(Failure.Code.PEER_GONE);

      start(lane, FIRST);
      said(broker, lane, FIRST, State.READY, began);
      assertThat(lost.failure(FIRST).code()).isEqualTo(Failure.Code.PEER_GONE);
      lost.close();
      replay(lane, broker, lost, envelopes, terms);

      SealedCall next = new SealedCall(lane, broker, PROMPT.length, 5);
      ClearRun again = SmallModel.clear();
      assertClose(next.run(PROMPT), again.logits(PROMPT));
      drain(lane, broker, next, again);
    } finally {
      nodes.values().forEach(NodeProcess::close);
    }
  }

  /** What a restarted node was sent before it refuses, with whatever result key. */
  private static void replay(
      SmallLane lane,
      Broker broker,
      SealedCall lost,
      Map<Seat, NodeStep> envelopes,
      SealedCall.Terms terms) {
    int before = failures(lost);
    lost.send(FIRST, Objects.requireNonNull(envelopes.get(FIRST)));
    broker.await(
        before + 1, r -> r.jobId().equals(lost.id()) && r.role() == Role.EVALUATOR_0 && failed(r));
    SealedCall thief = new SealedCall(lane, broker, SealKeyPair.create(), terms);
    thief.send(FIRST, Objects.requireNonNull(thief.seal(PROMPT).get(FIRST)));
    broker.await(
        1,
        r ->
            r.jobId().equals(lost.id())
                && r.outcome() instanceof PartialResult.Outcome.Failed(Failure f)
                && f.code() == Failure.Code.REPLAYED);
    SealedCall.Terms renamed =
        new SealedCall.Terms(
            SealedCall.fresh(lane, 1, 1).job(),
            terms.promptTokens(),
            terms.maxTokens(),
            terms.expiresAt(),
            terms.nonce());
    SealedCall sameNonce = new SealedCall(lane, broker, SealKeyPair.create(), renamed);
    sameNonce.send(FIRST, Objects.requireNonNull(sameNonce.seal(PROMPT).get(FIRST)));
    assertThat(sameNonce.failure(FIRST).code()).isEqualTo(Failure.Code.REPLAYED);
    assertThat(lost.results().stream().filter(r -> r.role() == Role.EVALUATOR_0 && !failed(r)))
        .hasSize(1); // that of before it was killed
  }

  private static boolean failed(PartialResult result) {
    return result.outcome() instanceof PartialResult.Outcome.Failed;
  }

  private static int failures(SealedCall call) {
    return (int)
        call.results().stream().filter(r -> r.role() == Role.EVALUATOR_0 && failed(r)).count();
  }

  /** Told to stop, a node takes no more jobs, and finishes the one that runs. */
  private void drain(SmallLane lane, Broker broker, SealedCall running, ClearRun oracle)
      throws InterruptedException {
    node(DEALER).terminate();
    said(broker, lane, DEALER, State.DRAINING, 0);
    SealedCall late = new SealedCall(lane, broker, PROMPT.length, 2);
    late.send(DEALER, Objects.requireNonNull(late.seal(PROMPT).get(DEALER)));
    assertThat(late.failure(DEALER).code()).isEqualTo(Failure.Code.BUSY);
    for (int token : SmallModel.prompt(2, 4)) {
      assertClose(running.run(token), oracle.logits(token));
    }
    assertThat(node(DEALER).isAlive()).isTrue();
    running.close();
    said(broker, lane, DEALER, State.STOPPED, 0);
    assertThat(node(DEALER).awaitEnd()).isIn(0, 143);
  }
}
