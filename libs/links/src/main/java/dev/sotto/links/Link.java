package dev.sotto.links;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One persistent connection between two nodes that have pinned each other, and the secret that they
 * share. Frames are [u32 payload length | u8 kind | u64 session | u32 step | payload], big-endian.
 *
 * <p>Small frames leave in the caller's thread, at once, as one TLS record; no thread is woken. A
 * frame above 32 KiB, or one that would follow others that wait, or the one that would bring what
 * was sent since the last receive above 64 KiB, goes through a bounded queue and the link's own
 * writer thread. So two peers that send much to each other before they read do not block each
 * other, as long as what either has in its queue stays within {@link LinkSettings#queueBytes}.
 *
 * <p>Security: confidential and authentic between the two pinned identities by TLS 1.3 (X25519,
 * Ed25519, AES-128-GCM). TLS alone does not stand against a recording that is attacked with a
 * quantum computer later; what must, goes through {@link SealedFrames} or is masked by streams from
 * {@link #secret}, which does.
 */
public final class Link implements FrameChannel {
  static final int HEADER_BYTES = 17;
  private static final int DIRECT_BYTES = 1 << 15; // longer frames take the queue
  private static final int UNREAD_BYTES = 1 << 16; // below what the sockets of both sides hold
  private static final long WORN_BYTES = 1L << 36; // leaves a session half of the 128 GiB
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final WireSocket wire;
  private final SSLSocket tls;
  private final OutputStream out;
  private final IdentityKey peer;
  private final LinkSecret secret;
  private final boolean connector;
  private final LinkSettings settings;

  private final AtomicReference<@Nullable LinkException> end = new AtomicReference<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean sealed = new AtomicBoolean();
  private final AtomicLong framesSent = new AtomicLong();
  private final AtomicLong payloadSent = new AtomicLong();
  private final AtomicLong framesReceived = new AtomicLong();
  private final AtomicLong payloadReceived = new AtomicLong();

  // Sending. The lock orders senders (and close) and guards what follows it.
  private final ReentrantLock sending = new ReentrantLock();
  private final Outbound outbound;
  private final Future<?> stallWatch;
  private final byte[] direct = new byte[HEADER_BYTES + DIRECT_BYTES];
  private int unread; // bytes sent directly since the last frame came
  private long receivedBefore;

  private final Inbound inbound; // the one receiving thread's own

  Link(
      WireSocket wire,
      SSLSocket tls,
      IdentityKey peer,
      LinkSecret secret,
      boolean connector,
      LinkSettings settings)
      throws IOException {
    this.wire = wire;
    this.tls = tls;
    this.inbound = new Inbound(wire, tls.getInputStream(), settings);
    this.out = tls.getOutputStream();
    this.peer = peer;
    this.secret = secret;
    this.connector = connector;
    this.settings = settings;
    this.outbound = new Outbound(settings.queueBytes());
    this.stallWatch = StallWatch.every(settings.writeTimeout().dividedBy(4), this::endWhenStalled);
    Thread.ofPlatform().name("sotto-link-writer").daemon().start(this::writeQueued);
  }

  /**
   * Connects to {@code peer} at {@code address}. PeerGone when nobody answers within the handshake
   * time-out, WrongPeer when somebody else answers or the peer does not accept this node.
   */
  public static Link connect(
      InetSocketAddress address, NodeIdentity self, IdentityKey peer, LinkSettings settings) {
    WireSocket wire = new WireSocket();
    try {
      wire.tuneBuffers();
      wire.connect(address, (int) settings.handshakeTimeout().toMillis());
    } catch (IOException e) {
      shut(wire);
      PeerGone.How how =
          e instanceof SocketTimeoutException ? PeerGone.How.TIMED_OUT : PeerGone.How.RESET;
      throw new PeerGone(how, "no connection to the node at " + address, e);
    }
    return Handshake.run(wire, true, self, Set.of(peer), settings);
  }

  @Override
  public IdentityKey peer() {
    return peer;
  }

  /** What this connection's two ends share, and nobody else. */
  public LinkSecret secret() {
    return secret;
  }

  @Override
  public int maxPayloadBytes() {
    return settings.maxFrameBytes();
  }

  @Override
  public LinkCounts counts() {
    return new LinkCounts(
        framesSent.get(),
        payloadSent.get(),
        wire.bytesOut(),
        framesReceived.get(),
        payloadReceived.get(),
        wire.bytesIn());
  }

  @Override
  public boolean isClosed() {
    return end.get() != null;
  }

  /** {@inheritDoc} On a link, several threads may send; each frame stays whole. */
  @Override
  public void send(int kind, long session, int step, byte[] from, int offset, int length) {
    if (kind < 0 || kind >= settings.kinds()) {
      throw new IllegalArgumentException("this link has no frames of kind " + kind);
    }
    if (length > settings.maxFrameBytes()) {
      throw new IllegalArgumentException(
          "a frame carries at most %d bytes, not %d; split it"
              .formatted(settings.maxFrameBytes(), length));
    }
    Objects.checkFromIndexSize(offset, length, from.length);
    sending.lock();
    try {
      throwIfEnded();
      if (mayGoDirectly(length)) {
        header(direct, kind, session, step, length);
        System.arraycopy(from, offset, direct, HEADER_BYTES, length);
        out.write(direct, 0, HEADER_BYTES + length);
      } else {
        byte[] header = new byte[HEADER_BYTES];
        header(header, kind, session, step, length);
        if (!outbound.put(header, from, offset, length, settings.writeTimeout().toNanos())) {
          throw ended(new PeerGone(PeerGone.How.TIMED_OUT, "the peer takes nothing any more"));
        }
      }
      framesSent.incrementAndGet();
      payloadSent.addAndGet(length);
    } catch (IOException e) {
      throw ended(broken(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ended(new PeerGone(PeerGone.How.CLOSED, "this side was interrupted while it sent"));
    } finally {
      sending.unlock();
    }
  }

  private boolean mayGoDirectly(int length) {
    long received = framesReceived.get();
    if (received != receivedBefore) {
      receivedBefore = received;
      unread = 0;
    }
    if (length > DIRECT_BYTES || unread + HEADER_BYTES + length > UNREAD_BYTES) {
      return false;
    }
    if (!outbound.isEmpty()) {
      return false;
    }
    unread += HEADER_BYTES + length;
    return true;
  }

  private static void header(byte[] to, int kind, long session, int step, int length) {
    INT.set(to, 0, length);
    to[4] = (byte) kind;
    LONG.set(to, 5, session);
    INT.set(to, 13, step);
  }

  /** The writer thread: empties the queue until the link ends. */
  private void writeQueued() {
    try {
      for (ByteQueue.Chunk chunk = outbound.take(); chunk != null; chunk = outbound.take()) {
        out.write(chunk.bytes(), 0, chunk.length());
        outbound.written(chunk);
      }
    } catch (IOException e) {
      end(broken(e));
    } catch (InterruptedException e) {
      end(new PeerGone(PeerGone.How.CLOSED, "this side interrupted the link's writer"));
    }
  }

  /** Whoever writes, or waits for one who does, cannot time itself: this ends the link for it. */
  private void endWhenStalled() {
    if (wire.stallsLongerThan(settings.writeTimeout().toNanos())) {
      end(new PeerGone(PeerGone.How.TIMED_OUT, "the peer takes nothing any more"));
    }
  }

  @Override
  public Frame receive(Duration timeout) {
    throwIfEnded();
    try {
      Frame frame = inbound.next(timeout);
      framesReceived.incrementAndGet();
      payloadReceived.addAndGet(frame.length());
      return frame;
    } catch (LinkException e) {
      throw ended(e);
    } catch (IOException e) {
      throw ended(broken(e));
    }
  }

  private static PeerGone broken(IOException e) {
    return new PeerGone(
        e instanceof InterruptedIOException ? PeerGone.How.TIMED_OUT : PeerGone.How.RESET,
        "the connection to the peer broke",
        e);
  }

  @Override
  public PeerCheated cheated(PeerCheated.What what, String sentence) {
    PeerCheated cheat = new PeerCheated(what, sentence);
    end(cheat);
    return cheat;
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    if (end.get() == null) {
      sayGoodbye();
    }
    end(new PeerGone(PeerGone.How.CLOSED, "this side closed the link"));
  }

  private void sayGoodbye() {
    long patience = settings.writeTimeout().toNanos();
    try {
      if (sending.tryLock(patience, TimeUnit.NANOSECONDS)) {
        try {
          if (outbound.awaitEmpty(patience)) {
            tls.shutdownOutput();
          }
        } finally {
          sending.unlock();
        }
      }
    } catch (IOException e) {
      // The connection is broken: nobody is left to hear a goodbye.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether the link has carried so much that its next session should begin on a new one. TLS
   * changes its keys after 128 GiB, and answers the peer's change from within a receive, which then
   * waits for a write: with both directions full at that moment, the two sides would time out.
   */
  public boolean isWorn() {
    return Math.max(wire.bytesIn(), wire.bytesOut()) >= WORN_BYTES;
  }

  /** Whether frames on this link are sealed from now on: true once, because nonces count from 0. */
  boolean beginSealing() {
    return sealed.compareAndSet(false, true);
  }

  /** Whether this side connected; the other accepted. */
  boolean isConnector() {
    return connector;
  }

  private void throwIfEnded() {
    LinkException why = end.get();
    if (why != null) {
      throw why;
    }
  }

  /** Ends the link, unless it has ended; returns why it has. */
  private LinkException ended(LinkException why) {
    end(why);
    LinkException first = end.get();
    return first == null ? why : first;
  }

  private void end(LinkException why) {
    if (end.compareAndSet(null, why)) {
      stallWatch.cancel(false);
      shut(wire);
      outbound.close();
    }
  }

  private static void shut(WireSocket wire) {
    try {
      wire.close();
    } catch (IOException e) {
      // Closing is all that could be done.
    }
  }

  @Override
  public String toString() {
    return "Link[peer=" + peer + "]";
  }
}
