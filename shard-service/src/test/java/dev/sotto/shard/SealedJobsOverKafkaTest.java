package dev.sotto.shard;

import static dev.sotto.shard.testing.SmallModel.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.NodeStep;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.PartialResult.Outcome;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.disposable.DisposableData;
import dev.sotto.nn.ClearRun;
import dev.sotto.shard.testing.Broker;
import dev.sotto.shard.testing.SealedCall;
import dev.sotto.shard.testing.Seat;
import dev.sotto.shard.testing.SmallLane;
import dev.sotto.shard.testing.SmallModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes, led over a real broker that repeats, reorders, mixes up and is lied to. */
class SealedJobsOverKafkaTest {
  private static final Seat DEALER = new Seat(0, Role.DEALER);
  private static final Seat FIRST = new Seat(0, Role.EVALUATOR_0);
  private static final Seat SECOND = new Seat(0, Role.EVALUATOR_1);
  private static final int[] PROMPT = SmallModel.prompt(1, 6);

  @TempDir private static Path folder;
  private static Broker broker;
  private static SmallLane lane;

  @BeforeAll
  static void start() throws Exception {
    String bootstrap = DisposableData.kafka().bootstrap();
    broker = new Broker(bootstrap);
    lane = new SmallLane(folder, bootstrap, 1).startAll();
  }

  @AfterAll
  static void stop() {
    lane.close();
    broker.close();
  }

  private static SealedCall call(int maxTokens) {
    return new SealedCall(lane, broker, PROMPT.length, maxTokens);
  }

  private static NodeStep part(Map<Seat, NodeStep> parts, Seat seat) {
    return Objects.requireNonNull(parts.get(seat));
  }

  /** The rest of a job that must not have suffered. */
  private static void finish(SealedCall call, ClearRun oracle, long seed, int tokens) {
    for (int token : SmallModel.prompt(seed, tokens)) {
      assertClose(call.run(token), oracle.logits(token));
    }
    call.close();
  }

  /** Returns once a node has handled all that was sent to it before. */
  private static void settle(Seat seat) {
    SealedCall unknown = call(2);
    NodeStep first = part(unknown.seal(PROMPT), seat);
    unknown.send(
        seat,
        new NodeStep(
            unknown.id(), SmallLane.LANE, 7, Octets.wrap(new byte[0]), first.ciphertext()));
    assertThat(unknown.failure(seat).code()).isEqualTo(Failure.Code.PEER_GONE);
  }

  @Test
  void sealedStepsAreAnsweredAsInTheClear() {
    int[] prompt = SmallModel.prompt(1, 30);
    ClearRun oracle = SmallModel.clear();
    SealedCall call = new SealedCall(lane, broker, prompt.length, 5);
    assertClose(call.run(prompt), oracle.logits(prompt));
    finish(call, oracle, 2, 4);
  }

  @Test
  void aLongPromptComesInParts() {
    int[] prompt = SmallModel.prompt(3, 300);
    SealedCall call = new SealedCall(lane, broker, prompt.length, 2);
    ClearRun oracle = SmallModel.clear();
    assertClose(call.run(prompt), oracle.logits(prompt));
    assertThat(call.serial()).isGreaterThan(1);
    finish(call, oracle, 4, 1);
  }

  @Test
  void twoJobsRunAtOnce() {
    SealedCall one = call(3);
    SealedCall two = call(3);
    ClearRun oneInTheClear = SmallModel.clear();
    ClearRun twoInTheClear = SmallModel.clear();
    int[] other = SmallModel.prompt(9, PROMPT.length);
    one.send(one.seal(PROMPT));
    two.send(two.seal(other));
    assertClose(two.collect(0), twoInTheClear.logits(other));
    assertClose(one.collect(0), oneInTheClear.logits(PROMPT));
    finish(one, oneInTheClear, 5, 2);
    finish(two, twoInTheClear, 6, 2);
  }

  @Test
  void whatComesAgainIsAnsweredWithTheSameBytes() {
    ClearRun oracle = SmallModel.clear();
    SealedCall call = call(4);
    Map<Seat, NodeStep> first = call.seal(PROMPT);
    call.send(first);
    call.send(first); // before it is answered
    assertClose(call.collect(0), oracle.logits(PROMPT));
    call.send(first); // and after
    for (Seat seat : lane.seats()) {
      List<PartialResult> all = call.await(seat, 0, 2);
      assertThat(all).allMatch(result -> result.equals(all.getFirst()));
    }
    int token = SmallModel.prompt(7, 1)[0];
    assertClose(call.run(token), oracle.logits(token));
    double old = lane.count(FIRST, "sotto.node.ignored", "why", "old_step");
    call.send(first); // older than the last answer: nothing of it is kept
    settle(FIRST);
    assertThat(lane.count(FIRST, "sotto.node.ignored", "why", "old_step")).isGreaterThan(old);
    finish(call, oracle, 8, 2);
  }

  @Test
  void whatComesTooEarlyOrDoesNotOpenChangesNothing() {
    ClearRun oracle = SmallModel.clear();
    SealedCall call = call(4);
    assertClose(call.run(PROMPT), oracle.logits(PROMPT));
    int[] tokens = SmallModel.prompt(10, 2);
    Map<Seat, NodeStep> second = call.seal(tokens[0]);
    Map<Seat, NodeStep> third = call.seal(tokens[1]);
    double future = lane.count(FIRST, "sotto.node.ignored", "why", "future_step");
    double broken = lane.count(FIRST, "sotto.node.ignored", "why", "broken_seal");
    call.send(third);
    for (Seat seat : lane.seats()) { // each node gets another's part, and bytes of nobody
      NodeStep others = part(second, seat.equals(DEALER) ? FIRST : DEALER);
      call.send(seat, others);
      byte[] altered = others.ciphertext().toArray();
      altered[0] ^= 1;
      call.send(
          seat,
          new NodeStep(
              call.id(), SmallLane.LANE, 1, Octets.wrap(new byte[0]), Octets.wrap(altered)));
    }
    call.send(second);
    assertClose(call.collect(1), oracle.logits(tokens[0]));
    assertThat(lane.count(FIRST, "sotto.node.ignored", "why", "future_step")).isGreaterThan(future);
    assertThat(lane.count(FIRST, "sotto.node.ignored", "why", "broken_seal"))
        .isGreaterThan(broken + 1);
    call.send(third);
    assertClose(call.collect(2), oracle.logits(tokens[1]));
    finish(call, oracle, 11, 1);
  }

  @Test
  void aCallerThatSendsAheadIsRefused() {
    SealedCall call = call(4);
    assertThat(call.run(PROMPT)).isNotEmpty();
    int[] tokens = SmallModel.prompt(12, 2);
    Map<Seat, NodeStep> second = call.seal(tokens[0]);
    Map<Seat, NodeStep> third = call.seal(tokens[1]);
    call.send(FIRST, part(second, FIRST));
    call.send(FIRST, part(third, FIRST)); // its peers have not even heard of the second
    settle(FIRST);
    second.forEach(
        (seat, step) -> {
          if (!seat.equals(FIRST)) {
            call.send(seat, step);
          }
        });
    assertThat(call.failure(FIRST).code()).isEqualTo(Failure.Code.REFUSED);
    assertThat(call.failure(FIRST).sentence()).contains("before it has the answers");
  }

  @Test
  void envelopesOfTwoJobsDoNotMix() {
    SealedCall one = call(2);
    SealedCall two = call(2);
    NodeStep ofOne = part(one.seal(PROMPT), FIRST);
    NodeStep ofTwo = part(two.seal(PROMPT), FIRST);
    one.send(
        FIRST,
        new NodeStep(one.id(), SmallLane.LANE, 0, ofOne.encapsulation(), ofTwo.ciphertext()));
    two.send(
        FIRST,
        new NodeStep(two.id(), SmallLane.LANE, 0, ofOne.encapsulation(), ofOne.ciphertext()));
    for (SealedCall each : List.of(one, two)) {
      assertThat(each.failure(FIRST).code()).isEqualTo(Failure.Code.REFUSED);
      assertThat(each.failure(FIRST).sentence()).contains("another key or job");
    }
  }

  @Test
  void rolesThatWereToldDifferentThingsStop() {
    SealedCall.Terms terms = SealedCall.fresh(lane, PROMPT.length, 2);
    SealKeyPair own = SealKeyPair.create();
    SealedCall one = new SealedCall(lane, broker, own, terms);
    SealedCall two = new SealedCall(lane, broker, SealKeyPair.create(), terms);
    Map<Seat, NodeStep> mixed = new LinkedHashMap<>(one.seal(PROMPT));
    mixed.put(FIRST, part(two.seal(PROMPT), FIRST));
    one.send(mixed);
    assertThat(one.failure(SECOND).code()).isEqualTo(Failure.Code.DIVERGED);
    assertThat(one.results()).noneMatch(result -> result.outcome() instanceof Outcome.Sealed);
    one.close();
  }

  @Test
  void aJobOnOtherTermsIsRefused() {
    SealedCall.Terms usual = SealedCall.fresh(lane, PROMPT.length, 2);
    SealedCall late =
        new SealedCall(
            lane,
            broker,
            SealKeyPair.create(),
            new SealedCall.Terms(usual.job(), PROMPT.length, 2, 1, usual.nonce()));
    late.send(late.seal(PROMPT));
    assertThat(late.failure(DEALER).code()).isEqualTo(Failure.Code.EXPIRED);
    SealedCall huge = call(100_000);
    huge.send(huge.seal(PROMPT));
    assertThat(huge.failure(FIRST).sentence()).contains("exceed the context");
    SealedCall elsewhere = call(2);
    NodeStep step = part(elsewhere.seal(PROMPT), FIRST);
    elsewhere.send(
        FIRST, new NodeStep(elsewhere.id(), "other", 0, step.encapsulation(), step.ciphertext()));
    assertThat(elsewhere.failure(FIRST).sentence()).contains("another model or lane");
  }

  @Test
  void anEnvelopeForAnotherManifestIsRefused() {
    SealedCall usual = call(2);
    SealedCall other =
        SealedCall.forManifest(lane, broker, "ef".repeat(32), lane.signed().digest());
    other.send(other.seal(PROMPT)); // sealed for this lane, agreed for another
    assertThat(other.failure(FIRST).sentence()).contains("another model or lane");
    SealedCall foreign = SealedCall.forManifest(lane, broker, "ef".repeat(32), "ef".repeat(32));
    foreign.send(foreign.seal(PROMPT));
    assertThat(foreign.failure(FIRST).sentence()).contains("another key or job");
    assertThat(usual.run(PROMPT)).isNotEmpty();
    usual.close();
  }

  @Test
  void whatCannotBeReadGoesToTheDeadLetters() {
    double before = lane.count(FIRST, "sotto.node.dead-letters");
    String identity = lane.identity(FIRST);
    broker.sendRaw(identity, "x", new byte[] {1, 2, 3});
    broker.sendRaw(identity, "y", new byte[0]);
    broker.sendRaw(identity, "z", call(2).seal(PROMPT).toString().getBytes(StandardCharsets.UTF_8));
    settle(FIRST);
    assertThat(lane.count(FIRST, "sotto.node.dead-letters")).isEqualTo(before + 3);
    assertThat(broker.deadLetters(identity, 3)).contains(new byte[] {1, 2, 3}, new byte[0]);
  }

  @Test
  void nodesSayWhoAndWhereTheyAre() {
    for (Seat seat : lane.seats()) {
      NodeAnnounced node = broker.awaitNode(n -> n.identity().equals(lane.identity(seat)));
      assertThat(node.role()).isEqualTo(seat.role());
      assertThat(node.state()).isEqualTo(NodeAnnounced.State.READY);
      assertThat(node.lane()).isEqualTo(lane.signed());
      assertThat(node.vocab()).isEqualTo(SmallModel.VOCAB);
      assertThat(node.context()).isEqualTo(512);
      assertThat(node.slots()).isEqualTo(8);
    }
  }
}
