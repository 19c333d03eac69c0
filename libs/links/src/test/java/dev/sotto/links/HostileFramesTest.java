package dev.sotto.links;

import static dev.sotto.links.LinkPair.SETTINGS;
import static dev.sotto.links.LinkPair.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer with the right identity that sends what it must not. */
class HostileFramesTest {
  private static final long SEED = 0x5077_0003L;
  private static final byte[] FOUR = {1, 2, 3, 4};

  private interface Scene {
    void play(RawPeer raw, Link link) throws Exception;
  }

  private static void play(Scene scene) throws Exception {
    play(SETTINGS, scene);
  }

  private static void play(LinkSettings settings, Scene scene) throws Exception {
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    try (LinkListener listener = LinkPair.listen(settings, links);
        RawPeer raw = RawPeer.connect(listener.address());
        Link link = LinkPair.accepted(links)) {
      scene.play(raw, link);
      assertThat(link.isClosed()).isTrue();
      assertThatThrownBy(() -> link.receive(SOON)).isInstanceOf(LinkException.class);
    }
  }

  private static void assertCheated(ThrowingCallable call, PeerCheated.What what) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(PeerCheated.class, e -> assertThat(e.what()).isEqualTo(what));
  }

  private static void assertGone(ThrowingCallable call, PeerGone.How how) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(PeerGone.class, e -> assertThat(e.how()).isEqualTo(how));
  }

  @Test
  void anHonestRawPeerIsUnderstood() throws Exception {
    play(
        (raw, link) -> {
          raw.write(RawPeer.frame(4, 1, 7, 8, FOUR));
          assertThat(link.expect(1, 7, 8, SOON).copy()).isEqualTo(FOUR);
          link.close();
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {(4 << 20) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  void oversized(int announced) throws Exception {
    play(
        (raw, link) -> {
          raw.write(RawPeer.frame(announced, 1, 7, 8, FOUR));
          assertCheated(() -> link.receive(SOON), PeerCheated.What.OVERSIZED);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 128, 255})
  void unknownKind(int kind) throws Exception {
    play(
        (raw, link) -> {
          raw.write(RawPeer.frame(4, kind, 7, 8, FOUR));
          assertCheated(() -> link.receive(SOON), PeerCheated.What.WRONG_KIND);
        });
  }

  @Test
  void wrongSessionStepOrKind() throws Exception {
    byte[] good = RawPeer.frame(4, 1, 7, 8, FOUR);
    play(
        (raw, link) -> {
          raw.write(good);
          assertCheated(() -> link.expect(1, 6, 8, SOON), PeerCheated.What.WRONG_SESSION);
        });
    play(
        (raw, link) -> {
          raw.write(good);
          raw.write(good); // replayed
          assertThat(link.expect(1, 7, 8, SOON).length()).isEqualTo(4);
          assertCheated(() -> link.expect(1, 7, 9, SOON), PeerCheated.What.WRONG_STEP);
        });
    play(
        (raw, link) -> {
          raw.write(good);
          assertCheated(() -> link.expect(2, 7, 8, SOON), PeerCheated.What.WRONG_KIND);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 17, 20})
  void goodbyeInTheMiddleOfAFrameIsCheating(int bytes) throws Exception {
    byte[] frame = RawPeer.frame(4, 1, 7, 8, FOUR);
    play(
        (raw, link) -> {
          raw.write(Arrays.copyOf(frame, bytes));
          raw.sayGoodbye();
          assertCheated(() -> link.receive(SOON), PeerCheated.What.TRUNCATED);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 20})
  void endingWithoutAGoodbyeIsGone(int bytes) throws Exception {
    byte[] frame = RawPeer.frame(4, 1, 7, 8, FOUR);
    play(
        (raw, link) -> {
          raw.write(Arrays.copyOf(frame, bytes));
          raw.close();
          assertGone(() -> link.receive(SOON), PeerGone.How.RESET);
        });
  }

  @Test
  void bytesThatAreNotTlsEndTheLink() throws Exception {
    play(
        (raw, link) -> {
          raw.wire.getOutputStream().write(new byte[100]);
          assertGone(() -> link.receive(SOON), PeerGone.How.RESET);
        });
  }

  @Test
  void aStallInTheMiddleOfAFrameEndsWithinTheFrameTimeOut() throws Exception {
    LinkSettings settings =
        SETTINGS.withTimeouts(Duration.ofSeconds(10), Duration.ofMillis(150), SOON);
    play(
        settings,
        (raw, link) -> {
          raw.write(RawPeer.frame(5, 1, 7, 8, FOUR));
          long began = System.nanoTime();
          assertGone(() -> link.receive(Duration.ofHours(1)), PeerGone.How.TIMED_OUT);
          assertThat(Duration.ofNanos(System.nanoTime() - began))
              .isBetween(Duration.ofMillis(100), Duration.ofSeconds(10));
        });
  }

  @Test
  void garbageIsAnAbortAndQuotesNothing() throws Exception {
    Random random = new Random(SEED);
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    try (LinkListener listener = LinkPair.listen(SETTINGS, links)) {
      for (int i = 0; i < 20; i++) {
        byte[] garbage = new byte[64];
        random.nextBytes(garbage);
        garbage[0] |= 0x40; // a length beyond the bound, whatever else follows
        try (RawPeer raw = RawPeer.connect(listener.address());
            Link link = LinkPair.accepted(links)) {
          raw.write(garbage);
          assertThatThrownBy(() -> link.receive(SOON))
              .isInstanceOf(PeerCheated.class)
              .hasMessageMatching("a frame announces \\d+ bytes where \\d+ are allowed");
        }
      }
    }
  }

  @Test
  void sealedFramesRefuseWhatWasNotSealedForThem() throws Exception {
    play(
        (raw, link) -> {
          SealedFrames sealed = SealedFrames.over(link);
          raw.write(RawPeer.frame(4, 1, 7, 8, FOUR));
          assertCheated(() -> sealed.receive(SOON), PeerCheated.What.BROKEN_SEAL);
        });
    play(
        (raw, link) -> {
          SealedFrames sealed = SealedFrames.over(link);
          raw.write(RawPeer.frame(64, 1, 7, 8, new byte[64]));
          assertCheated(() -> sealed.receive(SOON), PeerCheated.What.BROKEN_SEAL);
        });
  }
}
