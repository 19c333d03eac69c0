package dev.sotto.client.lane;

import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.Role;
import dev.sotto.links.Frame;
import dev.sotto.links.IdentityKey;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.LinkSettings;
import dev.sotto.links.NodeIdentity;
import dev.sotto.links.SealedFrames;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;

/**
 * A sealed link to one role of one stage. A thread of its own reads it, so that whichever node
 * fails first is heard first.
 *
 * @param name as sentences name it
 * @param holdsOutput whether this role's results carry shares
 */
record Seat(int stage, Role role, String name, boolean holdsOutput, SealedFrames link) {
  /** Nodes that have nothing to say between two steps are no less alive. */
  private static final Duration SILENCE = Duration.ofDays(1);

  /** Something that a node said, or the end of its link. */
  sealed interface Arrival {
    Seat seat();

    /** A frame. */
    record Came(Seat seat, int kind, long session, int step, byte[] bytes) implements Arrival {
      @Override
      public String toString() {
        return "Came[" + seat.name() + ", kind " + kind + ", step " + step + "]";
      }
    }

    /** Nothing more will come. */
    record Ended(Seat seat, LinkException why) implements Arrival {}
  }

  /** Connects; errors are a {@link LinkException}. */
  static Seat connect(
      LaneNode node,
      int stage,
      int stages,
      Role role,
      NodeIdentity self,
      LinkSettings settings,
      String name) {
    InetSocketAddress address = new InetSocketAddress(node.host(), node.port());
    Link link = Link.connect(address, self, new IdentityKey(node.identity()), settings);
    boolean holdsOutput = role != Role.DEALER && stage == stages - 1;
    return new Seat(stage, role, name, holdsOutput, SealedFrames.over(link));
  }

  /** Puts what comes into {@code arrivals} until the link ends, and that too. */
  void read(BlockingQueue<Arrival> arrivals) {
    Thread.ofPlatform().name("sotto-lane-" + name).daemon().start(() -> readAll(arrivals));
  }

  private void readAll(BlockingQueue<Arrival> arrivals) {
    try {
      try {
        while (true) {
          Frame f = link.receive(SILENCE);
          arrivals.put(new Arrival.Came(this, f.kind(), f.session(), f.step(), f.copy()));
        }
      } catch (LinkException e) {
        arrivals.put(new Arrival.Ended(this, e));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
