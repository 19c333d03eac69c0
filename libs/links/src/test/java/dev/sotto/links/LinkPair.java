package dev.sotto.links;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Two ends of one real link over loopback, both in this process. */
record LinkPair(Link connector, Link acceptor, LinkListener listener) implements AutoCloseable {
  static final NodeIdentity CONNECTOR = NodeIdentity.create();
  static final NodeIdentity ACCEPTOR = NodeIdentity.create();
  static final Duration SOON = Duration.ofSeconds(20); // far more than anything here takes
  static final LinkSettings SETTINGS = LinkSettings.ofKinds(4);

  static LinkPair open() throws Exception {
    return open(SETTINGS);
  }

  static LinkPair open(LinkSettings settings) throws Exception {
    BlockingQueue<Link> links = new LinkedBlockingQueue<>();
    LinkListener listener = listen(settings, links);
    Link connector = Link.connect(listener.address(), CONNECTOR, ACCEPTOR.key(), settings);
    return new LinkPair(connector, accepted(links), listener);
  }

  static LinkListener listen(LinkSettings settings, BlockingQueue<Link> links) throws Exception {
    return LinkListener.open(
        loopback(), ACCEPTOR, Set.of(CONNECTOR.key()), settings, 8, links::add);
  }

  static Link accepted(BlockingQueue<Link> links) throws InterruptedException {
    Link link = links.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    if (link == null) {
      throw new AssertionError("the listener handed over no link");
    }
    return link;
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public void close() throws IOException {
    try (listener;
        acceptor;
        connector) {
      // Closed in this order reversed: connector, acceptor, listener.
    }
  }
}
