package dev.sotto.links;

import static dev.sotto.links.LinkPair.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SealedFramesTest {
  @Test
  void framesArriveBothWays() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      SealedFrames here = SealedFrames.over(pair.connector());
      SealedFrames there = SealedFrames.over(pair.acceptor());
      byte[] payload = LinkTest.bytes(here.maxPayloadBytes());
      for (int length : new int[] {0, 1, 64, 100_000, payload.length, 5}) {
        here.send(1, 7, length, payload, 0, length);
        there.send(2, 7, length, payload, 0, length);
        assertThat(there.expect(1, 7, length, SOON).copy())
            .isEqualTo(Arrays.copyOf(payload, length));
        assertThat(here.expect(2, 7, length, SOON).copy())
            .isEqualTo(Arrays.copyOf(payload, length));
      }
      assertThat(here.counts().framesSent()).isEqualTo(6);
      assertThatThrownBy(
              () -> here.send(1, 7, 0, new byte[payload.length + 1], 0, payload.length + 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void equalPayloadsNeverLookAlikeAndNeverShow() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      SealedFrames here = SealedFrames.over(pair.connector());
      SealedFrames there = SealedFrames.over(pair.acceptor());
      Set<String> seen = new HashSet<>();
      byte[] canary = "the same words each time".getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 50; i++) {
        here.send(1, 7, 0, canary, 0, canary.length);
        there.send(1, 7, 0, canary, 0, canary.length);
        // Below the seal.
        for (Link link : new Link[] {pair.acceptor(), pair.connector()}) {
          byte[] below = link.receive(SOON).copy();
          assertThat(below).hasSize(canary.length + 16);
          assertThat(seen.add(Arrays.toString(Arrays.copyOf(below, 16)))).isTrue();
          assertThat(new String(below, StandardCharsets.ISO_8859_1)).doesNotContain("words");
        }
      }
      assertThat(seen).hasSize(100);
    }
  }

  private interface Tampering {
    void with(Frame first, Frame second, Link onwards);
  }

  /** Takes two sealed frames off the wire and passes on what {@code tampering} makes of them. */
  private static void assertCaught(Tampering tampering, int opened) throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      SealedFrames sender = SealedFrames.over(pair.connector());
      sender.send(1, 7, 0, new byte[] {1, 2, 3}, 0, 3);
      sender.send(1, 7, 1, new byte[] {4, 5, 6}, 0, 3);
      Frame first = own(pair.acceptor().receive(SOON));
      Frame second = own(pair.acceptor().receive(SOON));
      // The connector's keys again, as its own acceptor would have them: the frames come back.
      SealedFrames.Direction direction =
          new SealedFrames.Direction(pair.connector().secret(), true);
      SealedFrames receiver =
          new SealedFrames(
              pair.connector(),
              new SealedFrames.Direction(pair.connector().secret(), false),
              direction);
      tampering.with(first, second, pair.acceptor());
      for (int i = 0; i < opened; i++) {
        assertThat(receiver.receive(SOON).length()).isEqualTo(3);
      }
      assertThatThrownBy(() -> receiver.receive(SOON))
          .isInstanceOfSatisfying(
              PeerCheated.class, e -> assertThat(e.what()).isEqualTo(PeerCheated.What.BROKEN_SEAL));
      assertThat(pair.connector().isClosed()).isTrue();
    }
  }

  private static Frame own(Frame frame) {
    return new Frame(frame.kind(), frame.session(), frame.step(), frame.copy(), 0, frame.length());
  }

  private static void pass(Link link, Frame frame) {
    pass(link, frame, frame.kind(), frame.session(), frame.step());
  }

  private static void pass(Link link, Frame frame, int kind, long session, int step) {
    link.send(kind, session, step, frame.buffer(), 0, frame.length());
  }

  @Test
  void replayReorderAndOmissionAreCaught() throws Exception {
    assertCaught(
        (first, second, link) -> {
          pass(link, first);
          pass(link, first);
        },
        1);
    assertCaught((first, second, link) -> pass(link, second), 0);
    assertCaught(
        (first, second, link) -> {
          pass(link, second);
          pass(link, first);
        },
        0);
  }

  @Test
  void alterationIsCaughtInEveryPart() throws Exception {
    assertCaught((first, second, link) -> pass(link, first, 2, 7, 0), 0);
    assertCaught((first, second, link) -> pass(link, first, 1, 8, 0), 0);
    assertCaught((first, second, link) -> pass(link, first, 1, 7, 1), 0);
    for (int at : new int[] {0, 2, 3, 18}) {
      assertCaught(
          (first, second, link) -> {
            first.buffer()[at] ^= 1;
            pass(link, first);
          },
          0);
    }
    assertCaught((first, second, link) -> link.send(1, 7, 0, new byte[15], 0, 15), 0);
  }

  @Test
  void aLinkIsSealedOnceAndFromItsFirstFrameOn() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      SealedFrames.over(pair.connector());
      assertThatThrownBy(() -> SealedFrames.over(pair.connector()))
          .isInstanceOf(IllegalStateException.class);
      pair.acceptor().send(1, 1, 1, new byte[1], 0, 1);
      assertThatThrownBy(() -> SealedFrames.over(pair.acceptor()))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
