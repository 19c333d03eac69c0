package dev.sotto.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.disposable.DisposableData;
import dev.sotto.mpc.digest.Point;
import dev.sotto.mpc.digest.Projection;
import dev.sotto.shard.testing.Broker;
import dev.sotto.shard.testing.SealedCall;
import dev.sotto.shard.testing.Seat;
import dev.sotto.shard.testing.SmallLane;
import dev.sotto.shard.testing.SmallModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes digest what they have answered, when its caller asks, under its pad. */
class DigestsOverKafkaTest {
  private static final int[] PROMPT = SmallModel.prompt(21, 6);
  @TempDir private static Path folder;
  private static Broker broker;
  private static SmallLane lane;

  private final Random random = new Random(31);

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
    SealedCall.Terms terms = SealedCall.fresh(lane, PROMPT.length, maxTokens).withDigests();
    return new SealedCall(lane, broker, SealKeyPair.create(), terms);
  }

  private Octets bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Octets.wrap(bytes);
  }

  private static void xor(byte[] into, Octets other) {
    byte[] bytes = other.toArray();
    for (int i = 0; i < into.length; i++) {
      into[i] ^= bytes[i];
    }
  }

  /** Asks for a digest of so many steps and checks it against the logits that were opened. */
  private void digest(SealedCall call, int from, List<float[]> logits, int digestsBefore) {
    Octets seed = bytes(DigestRequest.SEED_BYTES);
    Map<Role, Octets> pad = new EnumMap<>(Role.class);
    pad.put(Role.EVALUATOR_0, bytes(logits.size() * DigestPoint.STEP_BYTES));
    pad.put(Role.EVALUATOR_1, bytes(logits.size() * DigestPoint.STEP_BYTES));
    int serial = call.serial();
    var parts = call.sealDigest(seed, pad);
    call.send(parts);
    Map<Role, StepResult> results = new HashMap<>();
    for (Seat seat : lane.seats()) {
      results.put(seat.role(), call.open(seat, call.await(seat, serial)));
    }
    assertThat(Objects.requireNonNull(results.get(Role.DEALER)).bits()).isZero();
    List<DigestShared> shares =
        broker.awaitDigests(call.id(), digestsBefore + 2).subList(digestsBefore, digestsBefore + 2);
    byte[] digest = new byte[logits.size() * DigestPoint.STEP_BYTES];
    for (DigestShared share : shares) {
      assertThat(share.from()).isEqualTo(from);
      assertThat(share.count()).isEqualTo(logits.size());
      assertThat(share.manifestDigest()).isEqualTo(lane.signed().digest());
      xor(digest, share.octets());
      xor(digest, Objects.requireNonNull(pad.get(share.role())));
      // What the caller gets is the logits' part of what is public, and no more.
      Octets sealed = Objects.requireNonNull(results.get(share.role())).packedShares();
      assertThat(sealed).isEqualTo(logitsOf(share.octets().toArray()));
    }
    for (int step = 0; step < logits.size(); step++) {
      Point point = Point.logits(SmallModel.VOCAB);
      long[] words = new long[SmallModel.VOCAB];
      for (int i = 0; i < words.length; i++) {
        words[i] = Math.round(logits.get(step)[i] * 4096.0);
      }
      long[] own = new Projection(seed.toArray(), from + step, point).bits(words);
      int turned = 0;
      for (int i = 0; i < own.length; i++) {
        int bit = step * DigestPoint.STEP_BITS + DigestPoint.LOGITS.firstBit() + i;
        turned += own[i] == (digest[bit / 8] >>> bit % 8 & 1) ? 0 : 1;
      }
      assertThat(turned).as("step %d", step).isLessThanOrEqualTo(DigestPoint.MOST_TURNED);
    }
  }

  private static Octets logitsOf(byte[] digests) {
    int bytes = DigestPoint.LOGITS.bits() / 8;
    byte[] out = new byte[digests.length / DigestPoint.STEP_BYTES * bytes];
    for (int step = 0; step * bytes < out.length; step++) {
      int at = step * DigestPoint.STEP_BYTES + DigestPoint.LOGITS.firstBit() / 8;
      System.arraycopy(digests, at, out, step * bytes, bytes);
    }
    return Octets.wrap(out);
  }

  @Test
  void answeredStepsAreDigestedByPlanAndAtTheEnd() {
    SealedCall call = call(40);
    List<float[]> window = new ArrayList<>();
    window.add(call.run(PROMPT));
    for (int token : SmallModel.prompt(22, StepPlan.DIGEST_WINDOW - 1)) {
      window.add(call.run(token));
    }
    digest(call, 0, window, 0);
    int from = call.serial();
    List<float[]> rest = new ArrayList<>();
    for (int token : SmallModel.prompt(23, 3)) {
      rest.add(call.run(token));
    }
    digest(call, from, rest, 2);
    call.close();
  }

  @Test
  void nothingComesAfterADigestInPlaceOfAStep() {
    SealedCall call = call(8);
    digest(call, 0, List.of(call.run(PROMPT)), 0);
    int serial = call.serial();
    call.send(call.seal(3));
    Seat first = lane.seats().getFirst();
    assertThat(call.failure(first).code()).isEqualTo(Failure.Code.REPLAYED);
    assertThat(serial).isEqualTo(2);
  }

  @Test
  void aPadOfAnotherLengthIsRefused() {
    SealedCall call = call(8);
    call.run(PROMPT);
    Map<Role, Octets> pad = new EnumMap<>(Role.class);
    pad.put(Role.EVALUATOR_0, bytes(DigestPoint.STEP_BYTES));
    pad.put(Role.EVALUATOR_1, bytes(2 * DigestPoint.STEP_BYTES));
    call.send(call.sealDigest(bytes(DigestRequest.SEED_BYTES), pad));
    Seat second = new Seat(0, Role.EVALUATOR_1);
    assertThat(call.failure(second).code()).isEqualTo(Failure.Code.REFUSED);
    call.close();
  }
}
