package dev.sotto.node.peer;

import dev.sotto.links.Frame;
import dev.sotto.links.IdentityKey;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.LinkSettings;
import dev.sotto.links.NodeIdentity;
import dev.sotto.links.PeerCheated;
import dev.sotto.mpc.Abort;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * This node's links to its peers: persistent, each used by one session at a time. The connecting
 * role takes an idle link or makes one and greets; the accepting role hands the link to the job
 * that waits for it. A link that any abort touched is closed and never used again.
 */
public final class Peers {
  private static final Duration IDLE = Duration.ofHours(12);
  private static final int MAX_IDLE = 16;
  private static final int MAX_WAITING = 256;

  private final NodeIdentity self;
  private final LinkSettings settings;
  private final Duration patience;
  private final Map<IdentityKey, Deque<Link>> idle = new HashMap<>();
  private final Map<String, SynchronousQueue<Met>> waiting = new HashMap<>();

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

  /** Connects to a peer for a job: greets and waits for its answer. */
  public Met meet(InetSocketAddress address, IdentityKey peer, Greeting mine) {
    Link link = takeIdle(peer);
    if (link != null) {
      try {
        return greet(link, mine, false);
      } catch (Abort.PeerGone e) {
        link.close(); // the peer restarted since: nothing was drawn yet, so a new link may be tried
      }
    }
    try {
      return greet(Link.connect(address, self, peer, settings), mine, true);
    } catch (LinkException e) {
      throw Aborts.of(e);
    }
  }

  private Met greet(Link link, Greeting mine, boolean last) {
    try {
      byte[] b = mine.encode();
      link.send(Kind.GREETING.code(), number(mine), 0, b, 0, b.length);
      Frame f = link.expect(Kind.ANSWER.code(), number(mine), 0, patience);
      return new Met(this, link, agreed(link, mine, f), true);
    } catch (LinkException e) {
      if (last) {
        link.close();
      }
      throw Aborts.of(e);
    }
  }

  private static Greeting agreed(Link link, Greeting mine, Frame f) {
    Greeting theirs;
    try {
      theirs = Greeting.decode(f.payload());
    } catch (IllegalArgumentException e) {
      throw Aborts.of(link.cheated(PeerCheated.What.TRUNCATED, "a greeting is malformed"));
    }
    if (!MessageDigest.isEqual(theirs.job(), mine.job()) || theirs.purpose() != mine.purpose()) {
      throw Aborts.of(
          link.cheated(PeerCheated.What.WRONG_SESSION, "a greeting belongs to another job"));
    }
    if (!MessageDigest.isEqual(theirs.hash(), mine.hash())) {
      link.close();
      throw new Abort.PartiesDiverged("the caller told the roles different things about this job");
    }
    return theirs;
  }

  /** Waits for the peer that connects for a job, and answers it. */
  public Met await(IdentityKey peer, Greeting mine) {
    String key = key(mine);
    SynchronousQueue<Met> slot = slot(key);
    try {
      Met met = slot.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (met == null) {
        throw new Abort.PeerGone(
            "a peer did not turn up for the job within " + patience.toSeconds() + " s", null);
      }
      Link link = met.link();
      if (!link.peer().equals(peer)) {
        throw Aborts.of(
            link.cheated(PeerCheated.What.WRONG_SESSION, "a peer greets in another's place"));
      }
      if (!MessageDigest.isEqual(met.theirs().hash(), mine.hash())) {
        met.close();
        throw new Abort.PartiesDiverged(
            "the caller told the roles different things about this job");
      }
      byte[] b = mine.encode();
      link.send(Kind.ANSWER.code(), number(mine), 0, b, 0, b.length);
      return met;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Abort.PeerGone("this node is stopping", e);
    } catch (LinkException e) {
      throw Aborts.of(e);
    } finally {
      synchronized (waiting) {
        waiting.remove(key, slot);
      }
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
        Greeting theirs;
        try {
          theirs = Greeting.decode(f.payload());
        } catch (IllegalArgumentException e) {
          throw link.cheated(PeerCheated.What.TRUNCATED, "a greeting is malformed");
        }
        Met met = new Met(this, link, theirs, false);
        if (!slot(key(theirs)).offer(met, patience.toMillis(), TimeUnit.MILLISECONDS)) {
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

  private SynchronousQueue<Met> slot(String key) {
    synchronized (waiting) {
      if (waiting.size() >= MAX_WAITING && !waiting.containsKey(key)) {
        throw new Abort.PeerGone("this node is busy: too many jobs wait for their peers", null);
      }
      return waiting.computeIfAbsent(key, k -> new SynchronousQueue<>());
    }
  }

  private static String key(Greeting g) {
    return HexFormat.of().formatHex(g.job()) + g.purpose();
  }

  /**
   * The number that a job's frames carry: the first eight bytes of the hash that all roles agreed
   * on.
   */
  static long number(Greeting g) {
    return java.nio.ByteBuffer.wrap(g.hash()).getLong();
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
      if (links.size() < MAX_IDLE) {
        links.push(link);
        return;
      }
    }
    link.close();
  }
}
