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
 * Where the lane's other nodes say that they listen. Anybody who may write announcements may lie
 * here: whoever answers must prove the identity that the manifest names, so a lie only fails.
 */
public final class PeerDirectory implements AddressBook {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private record Listens(String host, int port) {}

  private final Set<IdentityKey> peers;
  private final Map<IdentityKey, Listens> known = new HashMap<>(); // guarded by the lock
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Empty; keeps what these say, and nobody else. */
  public PeerDirectory(Set<IdentityKey> peers) {
    this.peers = Set.copyOf(peers);
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
    lock.lock();
    try {
      if (node.state() == NodeAnnounced.State.STOPPED) {
        known.remove(key);
      } else {
        known.put(key, new Listens(node.host(), node.port()));
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable InetSocketAddress of(IdentityKey node) {
    lock.lock();
    try {
      long nanos = PATIENCE.toNanos(); // one that was restarted may be about to say so
      while (!known.containsKey(node) && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      Listens place = known.get(node);
      return place == null ? null : new InetSocketAddress(place.host(), place.port());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Whether all peers have said where they are. */
  public boolean isComplete() {
    lock.lock();
    try {
      return known.keySet().containsAll(peers);
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
