package dev.sotto.links;

import static dev.sotto.links.LinkPair.ACCEPTOR;
import static dev.sotto.links.LinkPair.CONNECTOR;
import static dev.sotto.links.LinkPair.SETTINGS;
import static dev.sotto.links.LinkPair.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class LinkListenerTest {
  private static final long SEED = 0x5077_0004L;

  @Test
  void aHundredStrangersDoNotKeepAPeerOut() throws Exception {
    Random random = new Random(SEED);
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    List<Socket> strangers = new ArrayList<>();
    try (LinkListener listener = LinkPair.listen(SETTINGS, links)) {
      InetSocketAddress address = listener.address();
      for (int i = 0; i < 100; i++) {
        Socket stranger = new Socket(address.getAddress(), address.getPort());
        strangers.add(stranger);
        misbehave(stranger, i % 4, random);
      }
      try (Link link = Link.connect(address, CONNECTOR, ACCEPTOR.key(), SETTINGS);
          Link accepted = LinkPair.accepted(links)) {
        link.send(1, 1, 1, new byte[10], 0, 10);
        assertThat(accepted.expect(1, 1, 1, SOON).length()).isEqualTo(10);
        assertThat(listener.handshakes()).isLessThanOrEqualTo(8);
        assertThat(listener.accepted()).isEqualTo(1);
        for (Socket stranger : strangers) {
          stranger.close();
        }
        eventually(() -> listener.refused() == 100 && listener.handshakes() == 0);
        eventually(() -> handshakeThreads() <= 1); // the good link's own has left its handler
      }
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
    eventually(() -> handshakeThreads() == 0);
  }

  private static void misbehave(Socket stranger, int how, Random random) throws IOException {
    switch (how) {
      case 0 -> stranger.close(); // a port scan
      case 1 ->
          stranger
              .getOutputStream()
              .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      case 2 -> {
        byte[] garbage = new byte[200];
        random.nextBytes(garbage);
        stranger.getOutputStream().write(garbage);
      }
      default -> {
        // Half open: says nothing and stays.
      }
    }
  }

  private static long handshakeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("sotto-link-accepted"))
        .count();
  }

  private static void eventually(BooleanSupplier condition) {
    long until = System.nanoTime() + SOON.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("it did not come to that in time");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void aPeerThatStopsAfterTlsCostsNoMoreThanAHandshake() throws Exception {
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    try (LinkListener listener = LinkPair.listen(SETTINGS, links);
        RawPeer raw = RawPeer.tlsOnly(listener.address(), CONNECTOR)) {
      eventually(() -> listener.handshakes() == 1);
      raw.wire.close();
      eventually(() -> listener.refused() == 1 && listener.handshakes() == 0);
      assertThat(links).isEmpty();
    }
  }

  @Test
  void closingEndsListeningAndHandshakesButNotLinks() throws Exception {
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    LinkListener listener = LinkPair.listen(SETTINGS, links);
    InetSocketAddress address = listener.address();
    try (Link link = Link.connect(address, CONNECTOR, ACCEPTOR.key(), SETTINGS);
        Link accepted = LinkPair.accepted(links);
        Socket halfOpen = new Socket(address.getAddress(), address.getPort())) {
      eventually(() -> listener.handshakes() == 1);
      listener.close();
      listener.close();
      halfOpen.setSoTimeout((int) SOON.toMillis());
      assertThat(endOf(halfOpen)).isTrue();
      assertThatThrownBy(() -> Link.connect(address, CONNECTOR, ACCEPTOR.key(), SETTINGS))
          .isInstanceOf(PeerGone.class);
      accepted.send(1, 1, 1, new byte[3], 0, 3);
      assertThat(link.expect(1, 1, 1, SOON).length()).isEqualTo(3);
    }
  }

  private static boolean endOf(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void nonsenseIsRefusedAtOpening() {
    assertThatThrownBy(
            () ->
                LinkListener.open(
                    LinkPair.loopback(), ACCEPTOR, Set.of(), SETTINGS, 4, Link::close))
        .hasMessageContaining("pinned");
    assertThatThrownBy(() -> new LinkSettings(0, 1, 2, SOON, SOON, SOON))
        .hasMessageContaining("kinds");
    assertThatThrownBy(() -> new LinkSettings(1, 8, 15, SOON, SOON, SOON))
        .hasMessageContaining("queueBytes");
  }
}
