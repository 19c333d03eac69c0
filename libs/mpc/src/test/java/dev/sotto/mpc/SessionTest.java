package dev.sotto.mpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.protocol.OneHotByPoint;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.ScalarKernels;
import org.junit.jupiter.api.Test;

/** A session hands out every word of its streams once, and nothing after an abort. */
class SessionTest {
  private static Session session(Channel peer) {
    return new Session(
        Role.EVALUATOR_0,
        Three.streams(Role.EVALUATOR_0, 51),
        new ScalarKernels(),
        peer,
        new Dealings.None());
  }

  /** A peer that is not there. */
  private static final class Gone implements Channel {
    @Override
    public void send(byte[] bytes, int length) {}

    @Override
    public void receive(byte[] bytes, int length) {
      throw new Abort.PeerGone("evaluator-1 went away", null);
    }
  }

  @Test
  void aStepRunsOnceAndAfterAllEarlierOnes() {
    Session s = session(new Gone());
    s.begin(3);
    assertThatThrownBy(() -> s.begin(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("step 3 was already run");
    assertThatThrownBy(() -> s.begin(2)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> s.begin(-1)).isInstanceOf(IllegalStateException.class);
    s.begin(7);
    assertThat(s.serial()).isEqualTo(7);
    assertThatThrownBy(() -> s.begin(6)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingIsDrawnBeforeTheFirstStep() {
    Session s = session(new Gone());
    assertThatThrownBy(() -> s.place("a").stream(Pair.EVALUATORS, 1, 8))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no step has begun");
  }

  @Test
  void aPlaceDrawsOnceAStepHoweverItIsReached() {
    Session s = session(new Gone());
    s.begin(0);
    long[] first = s.place("block/norm").stream(Pair.EVALUATORS, 4, 64);
    assertThatThrownBy(() -> s.place("block/norm").stream(Pair.EVALUATORS, 4, 64))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("block/norm");
    assertThatThrownBy(() -> s.place("block").in("norm").stream(Pair.EVALUATORS, 4, 64))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> s.step("part", "block/norm").stream(Pair.EVALUATORS, 1, 8))
        .isInstanceOf(IllegalStateException.class);
    s.place("block/norm").stream(Pair.DEALER_EVALUATOR_0, 4, 64); // another pair's is another
    s.begin(1);
    assertThat(s.place("block").in("norm").stream(Pair.EVALUATORS, 4, 64)).isNotEqualTo(first);
  }

  @Test
  void anotherPairsStreamIsNotToBeHad() {
    Session s = session(new Gone());
    s.begin(0);
    assertThatThrownBy(() -> s.place("a").stream(Pair.DEALER_EVALUATOR_1, 1, 8))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not belong");
  }

  @Test
  void anAbortClosesTheSessionForEver() {
    Session s = session(new Gone());
    s.begin(0);
    Share x = new Share(new long[] {5}, 8, 0);
    assertThatThrownBy(() -> s.place("a").open(x)).isInstanceOf(Abort.PeerGone.class);
    assertThatThrownBy(() -> s.place("b").open(x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("aborted");
    assertThatThrownBy(() -> s.begin(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("open a new one");
  }

  /** A peer that sends ones only. */
  private static final class Ones implements Channel {
    @Override
    public void send(byte[] bytes, int length) {}

    @Override
    public void receive(byte[] bytes, int length) {
      java.util.Arrays.fill(bytes, 0, length, (byte) -1);
    }
  }

  @Test
  void damagedCorrectionsCloseTheSession() {
    Session s = session(new Ones());
    s.begin(0);
    assertThatThrownBy(() -> new OneHotByPoint(new long[0], 2, 11).run(s.place("hot")))
        .isInstanceOf(Abort.PeerCheated.class)
        .hasMessageContaining("hot");
    assertThatThrownBy(() -> s.begin(1)).hasMessageContaining("aborted");
  }

  @Test
  void linksOfAnotherRoleAreRefused() {
    assertThatThrownBy(
            () ->
                new Session(
                    Role.DEALER,
                    Three.streams(Role.DEALER, 1),
                    new ScalarKernels(),
                    new Gone(),
                    new Dealings.None()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DEALER");
  }

  @Test
  void noWordIsWrittenOut() {
    Session s = session(new Gone());
    s.begin(0);
    long canary = 0x0123456789ABCDEFL;
    Share x = new Share(new long[] {canary}, 64, 16);
    String all =
        x + " " + x.slice(0, 1) + " " + s + " " + new MaskedBits(new long[] {canary}, new long[0]);
    assertThat(all).doesNotContain(Long.toString(canary), Long.toHexString(canary), "[J@");
    Share narrow = new Share(new long[] {canary}, 60, 16);
    assertThatThrownBy(() -> x.plus(narrow))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(Long.toString(canary));
  }
}
