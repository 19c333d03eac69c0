package dev.sotto.node.peer;

import dev.sotto.links.IdentityKey;
import dev.sotto.links.Link;
import dev.sotto.node.peer.Greeting.Purpose;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where links that have greeted and jobs that wait for them find each other. Either may come first;
 * neither waits longer than it is told, and nothing stays behind of who left.
 */
final class Meetings {
  private static final int MOST_OF_ONE_PEER = 64;

  /** What both must name: who greets, for which job, for what. */
  record Meeting(IdentityKey peer, ByteBuffer job, Purpose purpose) {
    static Meeting of(IdentityKey peer, Greeting g) {
      return new Meeting(peer, ByteBuffer.wrap(g.job().clone()), g.purpose());
    }
  }

  /** A link that has greeted. */
  static final class Arrival {
    private final Link link;
    private final Greeting greeting;
    private boolean taken; // guarded by the lock of the meetings
    private @Nullable Met met;

    Arrival(Link link, Greeting greeting) {
      this.link = link;
      this.greeting = greeting;
    }

    Link link() {
      return link;
    }

    Greeting greeting() {
      return greeting;
    }

    /** Lets go whoever offered it, with what it serves now. */
    synchronized void serves(Met job) {
      met = job;
      notifyAll();
    }

    private synchronized Met served() throws InterruptedException {
      while (met == null) {
        wait();
      }
      return met;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Meeting, Arrival> arrivals = new HashMap<>();

  /**
   * Offers a link to the job that it greeted for, and returns what it serves then; null if no job
   * took it in time, or the peer has greeted again on another link, or has too many waiting.
   */
  @Nullable Met offer(Arrival arrival, Duration patience) throws InterruptedException {
    IdentityKey peer = arrival.link().peer();
    Meeting meeting = Meeting.of(peer, arrival.greeting());
    lock.lock();
    try {
      long waiting = arrivals.keySet().stream().filter(m -> m.peer().equals(peer)).count();
      if (waiting >= MOST_OF_ONE_PEER) {
        return null;
      }
      arrivals.put(meeting, arrival);
      changed.signalAll();
      long nanos = patience.toNanos();
      try {
        while (arrivals.get(meeting) == arrival && nanos > 0) {
          nanos = changed.awaitNanos(nanos);
        }
      } finally {
        arrivals.remove(meeting, arrival);
      }
      if (!arrival.taken) {
        return null;
      }
    } finally {
      lock.unlock();
    }
    return arrival.served();
  }

  /** Takes the link that has greeted for a meeting; null if there is none in time. */
  @Nullable Arrival take(Meeting meeting, Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long nanos = patience.toNanos();
      while (!arrivals.containsKey(meeting)) {
        if (nanos <= 0) {
          return null;
        }
        nanos = changed.awaitNanos(nanos);
      }
      Arrival arrival = arrivals.remove(meeting);
      if (arrival != null) {
        arrival.taken = true;
        changed.signalAll();
      }
      return arrival;
    } finally {
      lock.unlock();
    }
  }
}
