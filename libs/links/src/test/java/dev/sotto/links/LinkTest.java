package dev.sotto.links;

import static dev.sotto.links.LinkPair.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTest {
  private static final long SEED = 0x5077_0001L;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64, 16_384, 32_768, 32_769, 1 << 20, 4 << 20})
  void framesArriveAsTheyWereSent(int length) throws Exception {
    byte[] payload = bytes(length + 7);
    try (LinkPair pair = LinkPair.open()) {
      pair.connector().send(3, -5L, 0xfffffffe, payload, 7, length);
      Frame frame = pair.acceptor().receive(SOON);
      assertThat(frame.kind()).isEqualTo(3);
      assertThat(frame.session()).isEqualTo(-5L);
      assertThat(frame.step()).isEqualTo(0xfffffffe);
      assertThat(frame.copy()).isEqualTo(Arrays.copyOfRange(payload, 7, payload.length));
      assertThat(frame.payload().remaining()).isEqualTo(length);
      pair.acceptor().send(0, 9, 1, payload, 0, length);
      assertThat(pair.connector().expect(0, 9, 1, SOON).copy())
          .isEqualTo(Arrays.copyOf(payload, length));
    }
  }

  @Test
  void bothEndsKnowEachOtherAndShareAFreshSecret() throws Exception {
    byte[] context = {1, 2, 3};
    try (LinkPair one = LinkPair.open();
        LinkPair other = LinkPair.open()) {
      assertThat(one.connector().peer()).isEqualTo(LinkPair.ACCEPTOR.key());
      assertThat(one.acceptor().peer()).isEqualTo(LinkPair.CONNECTOR.key());
      byte[] derived = one.connector().secret().derive("session", context, 48);
      assertThat(derived).hasSize(48);
      assertThat(one.acceptor().secret().derive("session", context, 48)).isEqualTo(derived);
      assertThat(one.connector().secret().derive("session", new byte[3], 48)).isNotEqualTo(derived);
      assertThat(one.connector().secret().derive("other", context, 48)).isNotEqualTo(derived);
      assertThat(other.connector().secret().derive("session", context, 48)).isNotEqualTo(derived);
    }
  }

  @Test
  void twentyMegabytesEachWayAtOnceDoNotBlock() throws Exception {
    byte[] payload = bytes(4 << 20);
    try (LinkPair pair = LinkPair.open()) {
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(() -> sendThenReceive(pair.acceptor(), payload));
      sendThenReceive(pair.connector(), payload);
      other.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void sendThenReceive(Link link, byte[] payload) {
    for (int i = 0; i < 5; i++) {
      link.send(1, 1, i, payload, 0, payload.length);
    }
    for (int i = 0; i < 5; i++) {
      Frame frame = link.expect(1, 1, i, SOON);
      assertThat(
              Arrays.equals(
                  frame.buffer(),
                  frame.offset(),
                  frame.offset() + frame.length(),
                  payload,
                  0,
                  payload.length))
          .isTrue();
    }
  }

  @Test
  void manySmallFramesEachWayDoNotBlockEither() throws Exception {
    byte[] payload = bytes(1000);
    try (LinkPair pair = LinkPair.open()) {
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(() -> manyThenReceive(pair.acceptor(), payload));
      manyThenReceive(pair.connector(), payload);
      other.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void manyThenReceive(Link link, byte[] payload) {
    for (int i = 0; i < 20_000; i++) {
      link.send(1, 1, i, payload, 0, i % payload.length);
    }
    for (int i = 0; i < 20_000; i++) {
      assertThat(link.expect(1, 1, i, SOON).length()).isEqualTo(i % payload.length);
    }
  }

  @Test
  void largeAndSmallFramesKeepTheirOrder() throws Exception {
    Random random = new Random(SEED);
    byte[] payload = bytes(200_000);
    int[] lengths =
        random.ints(300, 0, payload.length).map(n -> n % 3 == 0 ? n : n % 100).toArray();
    try (LinkPair pair = LinkPair.open()) {
      CompletableFuture<Void> sender =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < lengths.length; i++) {
                  pair.connector().send(1, 1, i, payload, payload.length - lengths[i], lengths[i]);
                }
              });
      for (int i = 0; i < lengths.length; i++) {
        Frame frame = pair.acceptor().expect(1, 1, i, SOON);
        assertThat(frame.copy())
            .isEqualTo(Arrays.copyOfRange(payload, payload.length - lengths[i], payload.length));
      }
      sender.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void countsAreExactOnBothEnds() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      int[] lengths = {0, 10, 100_000, 7};
      for (int i = 0; i < lengths.length; i++) {
        pair.connector().send(1, 1, i, new byte[lengths[i]], 0, lengths[i]);
        pair.acceptor().expect(1, 1, i, SOON);
      }
      pair.acceptor().send(1, 1, 0, new byte[5], 0, 5);
      pair.connector().expect(1, 1, 0, SOON);
      LinkCounts here = pair.connector().counts();
      LinkCounts there = pair.acceptor().counts();
      assertThat(here.framesSent()).isEqualTo(4).isEqualTo(there.framesReceived());
      assertThat(here.payloadBytesSent())
          .isEqualTo(100_017)
          .isEqualTo(there.payloadBytesReceived());
      assertThat(here.framesReceived()).isEqualTo(1).isEqualTo(there.framesSent());
      assertThat(here.payloadBytesReceived()).isEqualTo(5).isEqualTo(there.payloadBytesSent());
      // The last byte of either direction has been read, so both ends have counted the same wire.
      assertThat(here.wireBytesSent()).isEqualTo(there.wireBytesReceived());
      assertThat(there.wireBytesSent()).isEqualTo(here.wireBytesReceived());
      assertThat(here.wireBytesSent()).isBetween(100_017L + 4 * 17, 100_017L + 8_000);
    }
  }

  @Test
  void nothingWithinTheTimeOutIsPeerGone() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      assertThatThrownBy(() -> pair.connector().receive(Duration.ofMillis(50)))
          .isInstanceOfSatisfying(
              PeerGone.class, e -> assertThat(e.how()).isEqualTo(PeerGone.How.TIMED_OUT))
          .hasMessageContaining("sent nothing");
      assertThat(pair.connector().isClosed()).isTrue();
      assertThatThrownBy(() -> pair.connector().send(0, 0, 0, new byte[0], 0, 0))
          .isInstanceOf(PeerGone.class);
    }
  }

  @Test
  void aPeerThatDoesNotReadIsGoneWithinTheWriteTimeOut() throws Exception {
    Duration brief = Duration.ofMillis(200);
    LinkSettings settings =
        new LinkSettings(4, 1 << 20, 2 << 20, Duration.ofSeconds(10), SOON, brief);
    byte[] payload = new byte[1 << 20];
    try (LinkPair pair = LinkPair.open(settings)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 200; i++) {
                  pair.connector().send(0, 0, i, payload, 0, payload.length);
                }
              })
          .isInstanceOfSatisfying(
              PeerGone.class, e -> assertThat(e.how()).isEqualTo(PeerGone.How.TIMED_OUT));
    }
  }

  @Test
  void aReceiveEndsTooWhenThePeerTakesNothing() throws Exception {
    LinkSettings settings = LinkPair.SETTINGS.withTimeouts(SOON, SOON, Duration.ofMillis(200));
    byte[] payload = new byte[4 << 20];
    try (LinkPair pair = LinkPair.open(settings)) {
      for (int i = 0; i < 7; i++) { // fits the queue, but not the sockets
        pair.connector().send(0, 0, i, payload, 0, payload.length);
      }
      assertThatThrownBy(() -> pair.connector().receive(Duration.ofHours(1)))
          .isInstanceOfSatisfying(
              PeerGone.class, e -> assertThat(e.how()).isEqualTo(PeerGone.How.TIMED_OUT));
      assertThat(pair.connector().isWorn()).isFalse();
    }
  }

  @Test
  void closeDeliversWhatIsQueuedAndSaysGoodbye() throws Exception {
    byte[] payload = bytes(4 << 20);
    try (LinkPair pair = LinkPair.open()) {
      CompletableFuture<Void> sender =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 4; i++) {
                  pair.connector().send(1, 1, i, payload, 0, payload.length);
                }
                pair.connector().close();
              });
      for (int i = 0; i < 4; i++) {
        assertThat(pair.acceptor().expect(1, 1, i, SOON).length()).isEqualTo(payload.length);
      }
      assertThatThrownBy(() -> pair.acceptor().receive(SOON))
          .isInstanceOfSatisfying(
              PeerGone.class, e -> assertThat(e.how()).isEqualTo(PeerGone.How.CLOSED));
      sender.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void closingEndsAReceiveThatWaits() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      CompletableFuture<Throwable> receiver =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  pair.connector().receive(SOON);
                  return new AssertionError("something came");
                } catch (LinkException e) {
                  return e;
                }
              });
      pair.connector().close();
      assertThat(receiver.get(5, TimeUnit.SECONDS)).isInstanceOf(PeerGone.class);
    }
  }

  @Test
  void sendersMistakesAreRefusedBeforeAnythingLeaves() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      Link link = pair.connector();
      assertThatThrownBy(() -> link.send(4, 0, 0, new byte[1], 0, 1))
          .isInstanceOf(IllegalArgumentException.class);
      byte[] long5 = new byte[5 << 20];
      assertThatThrownBy(() -> link.send(0, 0, 0, long5, 0, long5.length))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("split");
      assertThatThrownBy(() -> link.send(0, 0, 0, new byte[1], 1, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      link.send(0, 0, 0, new byte[1], 0, 1);
      assertThat(pair.acceptor().receive(SOON).length()).isEqualTo(1);
    }
  }

  static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }
}
