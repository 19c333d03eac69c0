package dev.sotto.node.peer;

import dev.sotto.links.Frame;
import dev.sotto.links.IdentityKey;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.LinkSettings;
import dev.sotto.links.NodeIdentity;
import dev.sotto.links.PeerCheated;
import dev.sotto.links.PeerGone;
import dev.sotto.mpc.Abort;
import dev.sotto.node.AddressBook;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This node's links to its peers: persistent, each used by one session at a time. The connecting
 * role takes an idle link or makes one and greets; the accepting role hands the link to the job
 * that waits for it. A link that any abort touched is closed and never used again; nor is one that
 * has carried its share.
 */
public final class Peers implements AutoCloseable {
  private static final Duration IDLE = Duration.ofHours(12);
  private static final int MAX_IDLE = 16;

  private final NodeIdentity self;
  private final LinkSettings settings;
  private final Duration patience;
  private final Meetings meetings = new Meetings();
  private final Map<IdentityKey, Deque<Link>> idle = new HashMap<>();
  private boolean closed;

  /**
   * This node's peers.
   *
   * @param patience how long a role waits for another to turn up
   */
  public Peers(NodeIdentity self, LinkSettings settings, Duration patience) {
    this.self = self;
    this.settings = settings;
    this.patience = patience;
  }

  /**
   * Connects to a peer, the role {@code who}, for a job: greets and waits for its answer.
   *
   * @param using hears of a link before anything waits on it; who closes the link ends the waiting
   */
  public Met meet(
      AddressBook addresses, IdentityKey peer, String who, Greeting mine, Consumer<Link> using) {
    try {
      Link link = takeIdle(peer);
      if (link != null) {
        using.accept(link);
        try {
          return greet(link, who, mine);
        } catch (PeerGone e) {
          if (e.how() == PeerGone.How.TIMED_OUT) {
            throw e;
          }
          // The peer has dropped the link since: nothing was drawn yet, so a new one may be tried.
        }
      }
      InetSocketAddress address = addresses.of(peer);
      if (address == null) {
        throw new Abort.PeerGone(who + " has not said where it listens", null);
      }
      Link fresh = Link.connect(address, self, peer, settings);
      using.accept(fresh);
      return greet(fresh, who, mine);
    } catch (LinkException e) {
      throw Aborts.of(e, who);
    }
  }

  private Met greet(Link link, String who, Greeting mine) {
    try {
      byte[] b = mine.encode();
      link.send(Kind.GREETING.code(), number(mine), 0, b, 0, b.length);
      Frame f = link.expect(Kind.ANSWER.code(), number(mine), 0, patience);
      return new Met(this, link, who, agreed(link, mine, f), true);
    } catch (LinkException | Abort e) {
      link.close();
      throw e;
    }
  }

  private static Greeting agreed(Link link, Greeting mine, Frame f) {
    Greeting theirs = decode(link, f);
    if (!MessageDigest.isEqual(theirs.job(), mine.job()) || theirs.purpose() != mine.purpose()) {
      throw link.cheated(PeerCheated.What.WRONG_SESSION, "a greeting belongs to another job");
    }
    checkAgreed(theirs, mine);
    return theirs;
  }

  private static Greeting decode(Link link, Frame f) {
    try {
      return Greeting.decode(f.payload());
    } catch (IllegalArgumentException e) {
      throw link.cheated(PeerCheated.What.BAD_CONTENT, "a greeting is malformed");
    }
  }

  private static void checkAgreed(Greeting theirs, Greeting mine) {
    if (!MessageDigest.isEqual(theirs.cut(), mine.cut())) {
      throw new Abort.PartiesDiverged(
          "the roles hold shards of different cuttings of the model; give all nodes of the lane those"
              + " of one");
    }
    if (!MessageDigest.isEqual(theirs.hash(), mine.hash())) {
      throw new Abort.PartiesDiverged("the caller told the roles different things about this job");
    }
  }

  /** Waits for the peer, the role {@code who}, that connects for a job, and answers it. */
  public Met await(IdentityKey peer, String who, Greeting mine) {
    Meetings.Arrival arrival;
    try {
      arrival = meetings.take(Meetings.Meeting.of(peer, mine), patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Abort.PeerGone("this node is stopping", e);
    }
    if (arrival == null) {
      throw new Abort.PeerGone(
          "%s did not turn up for the job within %d ms".formatted(who, patience.toMillis()), null);
    }
    Link link = arrival.link();
    Met met = new Met(this, link, who, arrival.greeting(), false);
    arrival.serves(met);
    try {
      checkAgreed(arrival.greeting(), mine);
      byte[] b = mine.encode();
      link.send(Kind.ANSWER.code(), number(mine), 0, b, 0, b.length);
      return met;
    } catch (LinkException e) {
      met.close();
      throw met.abort(e);
    } catch (Abort e) {
      met.close();
      throw e;
    }
  }

  /** Serves a link that a peer has made, until it ends: one greeting after the other. */
  public void serve(Link link) {
    try {
      while (true) {
        Frame f = link.receive(IDLE);
        if (f.kind() != Kind.GREETING.code()) {
          throw link.cheated(PeerCheated.What.WRONG_KIND, "a link starts with a greeting");
        }
        Met met = meetings.offer(new Meetings.Arrival(link, decode(link, f)), patience);
        if (met == null) {
          link.close(); // nobody here has heard of the job
          return;
        }
        if (!met.awaitRelease()) {
          return;
        }
      }
    } catch (LinkException e) {
      link.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      link.close();
    }
  }

  /**
   * The number that a job's frames carry: the first eight bytes of the hash that all roles agreed
   * on.
   */
  static long number(Greeting g) {
    return ByteBuffer.wrap(g.hash()).getLong();
  }

  private @Nullable Link takeIdle(IdentityKey peer) {
    synchronized (idle) {
      Deque<Link> links = idle.get(peer);
      while (links != null && !links.isEmpty()) {
        Link link = links.pop();
        if (!link.isClosed()) {
          return link;
        }
      }
      return null;
    }
  }

  void giveBack(Link link) {
    synchronized (idle) {
      Deque<Link> links = idle.computeIfAbsent(link.peer(), p -> new ArrayDeque<>());
      if (!closed && links.size() < MAX_IDLE && !link.isWorn()) {
        links.push(link);
        return;
      }
    }
    link.close();
  }

  /** Closes the links that are idle; those of jobs end with their jobs. */
  @Override
  public void close() {
    List<Link> all = new ArrayList<>();
    synchronized (idle) {
      closed = true;
      idle.values().forEach(all::addAll);
      idle.clear();
    }
    all.forEach(Link::close);
  }
}
