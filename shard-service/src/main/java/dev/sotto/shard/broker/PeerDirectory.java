package dev.sotto.shard.broker;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.links.IdentityKey;
import dev.sotto.node.AddressBook;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where the lane's other nodes say that they listen. They sign what they say; what they said
 * earlier changes nothing when it comes again. Besides, whoever answers must prove the identity
 * that the manifest names.
 */
public final class PeerDirectory implements AddressBook {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * What a peer said last.
   *
   * @param address where it listens; null since it has stopped
   */
  private record Listens(@Nullable InetSocketAddress address, long startedAt, long announcedAt) {}

  private final Set<IdentityKey> peers;
  private final Runnable forged;
  private final Map<IdentityKey, Listens> known = new HashMap<>(); // guarded by the lock
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /**
   * Empty; keeps what these say, and nobody else.
   *
   * @param forged hears of each word that is not signed by who is said to have said it
   */
  public PeerDirectory(Set<IdentityKey> peers, Runnable forged) {
    this.peers = Set.copyOf(peers);
    this.forged = forged;
  }

  /** Takes in a record of the announcements; what is none, or of others, is not for us. */
  public void read(byte @Nullable [] value) {
    if (value == null) {
      return;
    }
    try {
      if (EventCodec.decode(value).event() instanceof NodeAnnounced node) {
        put(node);
      }
    } catch (BadMessage e) {
      // The writer's fault and its reader's matter; no peer of ours says such things.
    }
  }

  private void put(NodeAnnounced node) {
    IdentityKey key = new IdentityKey(node.identity());
    if (!peers.contains(key)) {
      return;
    }
    if (!node.isSigned()) {
      forged.run();
      return;
    }
    lock.lock();
    try {
      Listens before = known.get(key);
      if (before != null && !after(node, before)) {
        return;
      }
      InetSocketAddress address =
          node.state() == NodeAnnounced.State.STOPPED
              ? null
              : InetSocketAddress.createUnresolved(node.host(), node.port());
      known.put(key, new Listens(address, node.startedAt(), node.announcedAt()));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static boolean after(NodeAnnounced node, Listens before) {
    return node.startedAt() > before.startedAt
        || (node.startedAt() == before.startedAt && node.announcedAt() > before.announcedAt);
  }

  @Override
  public @Nullable InetSocketAddress of(IdentityKey node) {
    lock.lock();
    try {
      long nanos = PATIENCE.toNanos(); // one that was restarted may be about to say so
      while (!listens(node) && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      Listens place = known.get(node);
      InetSocketAddress address = place == null ? null : place.address;
      return address == null
          ? null
          : new InetSocketAddress(address.getHostString(), address.getPort());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      lock.unlock();
    }
  }

  private boolean listens(IdentityKey peer) {
    Listens said = known.get(peer);
    return said != null && said.address != null;
  }

  /** Whether all peers have said where they are. */
  public boolean isComplete() {
    lock.lock();
    try {
      return peers.stream().allMatch(this::listens);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until {@link #isComplete}; whether that was in time. */
  public boolean awaitComplete(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(patience.toMillis());
      while (!known.keySet().containsAll(peers)) {
        if (nanos <= 0) {
          return false;
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
