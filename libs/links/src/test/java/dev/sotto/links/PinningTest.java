package dev.sotto.links;

import static dev.sotto.links.LinkPair.ACCEPTOR;
import static dev.sotto.links.LinkPair.CONNECTOR;
import static dev.sotto.links.LinkPair.SETTINGS;
import static dev.sotto.links.LinkPair.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class PinningTest {
  private static final NodeIdentity STRANGER = NodeIdentity.create();

  @Test
  void aStrangerIsRefusedAndLearnsIt() throws Exception {
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    try (LinkListener listener = LinkPair.listen(SETTINGS, links)) {
      InetSocketAddress address = listener.address();
      assertThatThrownBy(() -> Link.connect(address, STRANGER, ACCEPTOR.key(), SETTINGS))
          .isInstanceOf(WrongPeer.class);
      assertThat(links).isEmpty();
      assertThat(listener.accepted()).isZero();
    }
  }

  @Test
  void anotherAcceptorThanThePinnedOneIsRefused() throws Exception {
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    try (LinkListener listener = LinkPair.listen(SETTINGS, links)) {
      InetSocketAddress address = listener.address();
      assertThatThrownBy(() -> Link.connect(address, CONNECTOR, STRANGER.key(), SETTINGS))
          .isInstanceOf(WrongPeer.class)
          .hasMessageContaining(ACCEPTOR.key().hex());
      assertThat(links).isEmpty();
    }
  }

  @Test
  void swappedSeatsAreRefused() throws Exception {
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    try (LinkListener listener = LinkPair.listen(SETTINGS, links)) {
      InetSocketAddress address = listener.address();
      // Each knows the other, but the acceptor's own key is not among those that it accepts.
      assertThatThrownBy(() -> Link.connect(address, ACCEPTOR, ACCEPTOR.key(), SETTINGS))
          .isInstanceOf(WrongPeer.class);
      assertThatThrownBy(() -> Link.connect(address, ACCEPTOR, CONNECTOR.key(), SETTINGS))
          .isInstanceOf(WrongPeer.class);
      assertThat(links).isEmpty();
    }
  }

  @Test
  void aListenerOfManyTellsThemApart() throws Exception {
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    Set<IdentityKey> both = Set.of(CONNECTOR.key(), STRANGER.key());
    try (LinkListener listener =
        LinkListener.open(LinkPair.loopback(), ACCEPTOR, both, SETTINGS, 4, links::add)) {
      for (NodeIdentity who : new NodeIdentity[] {STRANGER, CONNECTOR, STRANGER}) {
        try (Link link = Link.connect(listener.address(), who, ACCEPTOR.key(), SETTINGS);
            Link accepted = LinkPair.accepted(links)) {
          assertThat(accepted.peer()).isEqualTo(who.key());
          assertThat(link.peer()).isEqualTo(ACCEPTOR.key());
        }
      }
    }
  }

  @Test
  void aCertificateOfAPinnedKeyWithoutThatKeyIsRefused() throws Exception {
    // TLS asks for a signature: a copied certificate is not enough.
    assertThatThrownBy(() -> NodeIdentity.of(STRANGER.privateKey(), CONNECTOR.certificate()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nobodyThereIsGoneAndSilenceTimesOut() throws Exception {
    InetSocketAddress free;
    try (ServerSocket silent = new ServerSocket()) {
      silent.bind(LinkPair.loopback());
      free = (InetSocketAddress) silent.getLocalSocketAddress();
      LinkSettings brief = SETTINGS.withTimeouts(Duration.ofMillis(150), SOON, SOON);
      assertThatThrownBy(() -> Link.connect(free, CONNECTOR, ACCEPTOR.key(), brief))
          .isInstanceOfSatisfying(
              PeerGone.class, e -> assertThat(e.how()).isEqualTo(PeerGone.How.TIMED_OUT));
    }
    assertThatThrownBy(() -> Link.connect(free, CONNECTOR, ACCEPTOR.key(), SETTINGS))
        .isInstanceOfSatisfying(
            PeerGone.class, e -> assertThat(e.how()).isEqualTo(PeerGone.How.RESET));
  }

  @Test
  void bothAgreementsEnterTheSecret() throws GeneralSecurityException {
    HybridAgreement offer = HybridAgreement.offer();
    byte[] transcript = new byte[32];
    HybridAgreement.Answer answer = HybridAgreement.answer(offer.message());
    byte[] secret = answer.results().secret(transcript);
    assertThat(offer.finish(answer.message()).secret(transcript)).isEqualTo(secret);

    // Another X25519 key beside the same ML-KEM ciphertext, and the other way round: the
    // transcript is held still, so only the agreement itself can make the difference.
    HybridAgreement.Answer other = HybridAgreement.answer(offer.message());
    byte[] otherX25519 = answer.message();
    System.arraycopy(other.message(), 0, otherX25519, 0, 44);
    assertThat(offer.finish(otherX25519).secret(transcript)).isNotEqualTo(secret);
    byte[] otherMlKem = other.message();
    System.arraycopy(answer.message(), 0, otherMlKem, 0, 44);
    assertThat(offer.finish(otherMlKem).secret(transcript)).isNotEqualTo(secret);

    byte[] otherTranscript = transcript.clone();
    otherTranscript[31] = 1;
    assertThat(answer.results().secret(otherTranscript)).isNotEqualTo(secret);
  }

  @Test
  void aTamperedAnswerMakesNoLink() throws Exception {
    refuses(
        answer -> {
          answer[answer.length - 1] ^= 1; // the ML-KEM ciphertext
          return answer;
        });
    refuses(
        answer -> {
          answer[20] ^= 1; // the X25519 key
          return answer;
        });
    refuses(
        answer -> {
          Arrays.fill(answer, 12, 44, (byte) 0); // a point of small order
          return answer;
        });
    refuses(
        answer -> {
          answer[3] ^= 1; // no key at all
          return answer;
        });
  }

  private static void refuses(UnaryOperator<byte[]> lie) throws Exception {
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    LinkListener listener = LinkPair.listen(SETTINGS, links);
    try (listener;
        RawPeer raw = RawPeer.connect(listener.address(), lie)) {
      // The listener ends the connection; nothing but its end is left to read.
      CompletableFuture<Integer> end =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return raw.tls.getInputStream().read();
                } catch (IOException e) {
                  return -1;
                }
              });
      assertThat(end.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(-1);
    }
    assertThat(links).isEmpty();
    assertThat(listener.accepted()).isZero();
  }
}
