package dev.sotto.cli.lane.testing;

import dev.sotto.links.Frame;
import dev.sotto.links.IdentityKey;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.LinkListener;
import dev.sotto.links.NodeIdentity;
import dev.sotto.node.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A peer that holds valid identities and lies: it stands between one role and those that connect to
 * it, and alters what passes. The two legs have different secrets, so what is computed through it
 * is nonsense; what the roles do about wrong frames is not.
 */
public final class Interloper implements AutoCloseable {
  /** A frame that passes. */
  public record Passing(int kind, long session, int step, byte[] payload) {}

  /** What becomes of frames; called by one thread for each direction of each link. */
  @FunctionalInterface
  public interface Tampering {
    /**
     * What is sent instead of a frame.
     *
     * @param link tells links apart
     * @param inwards whether it goes to the role that accepted
     */
    List<Passing> instead(Object link, boolean inwards, Passing frame);
  }

  private final LinkListener listener;

  /**
   * Plays {@code accepts} to whoever is in {@code connect}, and each of those to the role at {@code
   * behind}.
   */
  public Interloper(
      NodeIdentity accepts,
      Map<IdentityKey, NodeIdentity> connect,
      InetSocketAddress behind,
      Tampering tampering)
      throws IOException {
    UnaryOperator<Link> onwards =
        near ->
            Link.connect(
                behind,
                Objects.requireNonNull(connect.get(near.peer())),
                accepts.key(),
                Node.linkSettings());
    listener =
        LinkListener.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            accepts,
            connect.keySet(),
            Node.linkSettings(),
            8,
            near -> {
              Link far = onwards.apply(near);
              Thread.ofPlatform().daemon().start(() -> pass(far, near, near, false, tampering));
              pass(near, far, near, true, tampering);
            });
  }

  public InetSocketAddress address() {
    return listener.address();
  }

  private static void pass(Link from, Link to, Object link, boolean inwards, Tampering tampering) {
    try {
      while (true) {
        Frame f = from.receive(java.time.Duration.ofMinutes(5));
        Passing frame = new Passing(f.kind(), f.session(), f.step(), f.copy());
        for (Passing p : tampering.instead(link, inwards, frame)) {
          to.send(p.kind(), p.session(), p.step(), p.payload(), 0, p.payload().length);
        }
      }
    } catch (LinkException e) {
      from.close();
      to.close();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
