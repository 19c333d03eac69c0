package dev.sotto.links;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Accepts links from a set of pinned identities. Whoever else connects costs one thread and one
 * socket until its handshake fails or times out, and there is a bound on how many such there are at
 * a time: one more pushes the oldest out, so that idle connections cannot keep a real peer waiting.
 */
public final class LinkListener implements AutoCloseable {
  private static final int BACKLOG = 128;

  private final AcceptingSocket socket;
  private final NodeIdentity self;
  private final Set<IdentityKey> pinned;
  private final LinkSettings settings;
  private final int maxHandshakes;
  private final Consumer<Link> handler;
  private final Set<WireSocket> handshakes = new LinkedHashSet<>(); // oldest first; guarded by this
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  private LinkListener(
      AcceptingSocket socket,
      NodeIdentity self,
      Set<IdentityKey> pinned,
      LinkSettings settings,
      int maxHandshakes,
      Consumer<Link> handler) {
    this.socket = socket;
    this.self = self;
    this.pinned = Set.copyOf(pinned);
    this.settings = settings;
    this.maxHandshakes = maxHandshakes;
    this.handler = handler;
  }

  /**
   * Listens at {@code address}; port 0 takes a free one, which {@link #address} tells.
   *
   * @param pinned whom to accept; not empty
   * @param maxHandshakes how many unfinished handshakes there may be at a time, at least 1
   * @param handler gets each link, whose {@link Link#peer} is one of the pinned, in a thread of the
   *     link's own that it may keep; the link is its to close
   */
  public static LinkListener open(
      InetSocketAddress address,
      NodeIdentity self,
      Set<IdentityKey> pinned,
      LinkSettings settings,
      int maxHandshakes,
      Consumer<Link> handler)
      throws IOException {
    if (pinned.isEmpty()) {
      throw new IllegalArgumentException("a listener needs at least one pinned identity");
    }
    if (maxHandshakes < 1) {
      throw new IllegalArgumentException("maxHandshakes must be at least 1, not " + maxHandshakes);
    }
    AcceptingSocket socket = new AcceptingSocket();
    try {
      socket.setReuseAddress(true);
      socket.setReceiveBufferSize(WireSocket.socketBufferBytes());
      socket.bind(address, BACKLOG);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
    LinkListener listener =
        new LinkListener(socket, self, pinned, settings, maxHandshakes, handler);
    Thread.ofPlatform().name("sotto-link-listener").daemon().start(listener::acceptAll);
    return listener;
  }

  /** Where it listens, with the real port. */
  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** How many links were handed to the handler. */
  public long accepted() {
    return accepted.get();
  }

  /** How many connections ended without becoming a link. */
  public long refused() {
    return refused.get();
  }

  /** How many handshakes are under way. */
  public synchronized int handshakes() {
    return handshakes.size();
  }

  private void acceptAll() {
    while (!socket.isClosed()) {
      WireSocket wire = null;
      try {
        wire = socket.accept();
        wire.setSendBufferSize(WireSocket.socketBufferBytes());
        begin(wire);
      } catch (IOException e) {
        // Out of file handles, or a peer that left while it waited: not the end of listening.
        drop(wire);
        breathe();
      } catch (OutOfMemoryError e) {
        // No thread could be started for this one.
        drop(wire);
        breathe();
      }
    }
  }

  private void begin(WireSocket wire) {
    WireSocket oldest = null;
    synchronized (this) {
      if (socket.isClosed()) {
        oldest = wire;
      } else {
        if (handshakes.size() >= maxHandshakes) {
          oldest = handshakes.iterator().next();
          handshakes.remove(oldest);
        }
        handshakes.add(wire);
      }
    }
    shut(oldest);
    if (oldest != wire) {
      Thread.ofPlatform().name("sotto-link-accepted").daemon().start(() -> serve(wire));
    }
  }

  private void serve(WireSocket wire) {
    Link link;
    try {
      link = Handshake.run(wire, false, self, pinned, settings);
    } catch (LinkException e) {
      drop(wire);
      return;
    }
    boolean welcome;
    synchronized (this) {
      welcome = handshakes.remove(wire) && !socket.isClosed();
    }
    if (!welcome) {
      link.close();
      return;
    }
    accepted.incrementAndGet();
    try {
      handler.accept(link);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
  }

  private void drop(@Nullable WireSocket wire) {
    if (wire != null) {
      synchronized (this) {
        handshakes.remove(wire);
      }
      refused.incrementAndGet();
      shut(wire);
    }
  }

  /** A moment, so that a lasting fault does not spin; none when the listener closes. */
  private void breathe() {
    try {
      closed.await(10, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void shut(@Nullable Socket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      // Closing is all that could be done.
    }
  }

  /** Stops listening and drops unfinished handshakes. Links that were handed over live on. */
  @Override
  public void close() throws IOException {
    List<WireSocket> unfinished;
    synchronized (this) {
      socket.close();
      unfinished = List.copyOf(handshakes);
      handshakes.clear();
    }
    unfinished.forEach(LinkListener::shut);
    closed.countDown();
  }

  /** Makes its connections {@link WireSocket}s. */
  private static final class AcceptingSocket extends ServerSocket {
    AcceptingSocket() throws IOException {}

    @Override
    public WireSocket accept() throws IOException {
      WireSocket wire = new WireSocket();
      implAccept(wire);
      return wire;
    }
  }
}
