package dev.sotto.node.peer;

import dev.sotto.links.ByteQueue;
import dev.sotto.links.Frame;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.PeerCheated;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.Dealings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Evaluator-1's end of the stock: a thread of its own takes in what the dealer sends ahead, up to
 * the credit given; the session takes it out in order.
 */
public final class DealtIn implements Dealings.In {
  private static final int CREDIT_BYTES = 1 << 21;

  private final Met met;
  private final Link link;
  private final long session;
  private final long stock;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteQueue arrived;
  private long held;
  private long limit = DealtOut.FIRST_CREDIT;
  private int steps;
  private boolean done;
  private @Nullable RuntimeException failed;

  private ByteQueue.@Nullable Chunk current;
  private int at;
  private long used;

  /**
   * Evaluator-1's end; starts its thread. Until it is {@link #open} no more is dealt than a first
   * step begins with.
   *
   * @param stock bytes that the dealer may have sent and this end has not used
   * @param patience how long the dealer may be silent while it is waited for
   */
  public DealtIn(Met met, long session, long stock, Duration patience, Duration idle) {
    this.met = met;
    this.link = met.link();
    this.session = session;
    this.stock = stock;
    this.arrived = new ByteQueue(stock / 4);
    this.patience = patience;
    Thread.ofPlatform().name("sotto-stock").daemon().start(() -> fill(idle));
  }

  private void fill(Duration idle) {
    try {
      for (int n = 0; ; n++) {
        Frame f = link.receive(idle);
        if (f.session() != session || f.step() != n) {
          throw link.cheated(PeerCheated.What.WRONG_SESSION, "a dealt frame is not the next one");
        }
        if (f.kind() == Kind.DONE.code()) {
          over(null);
          return;
        }
        if (f.kind() != Kind.DEALT.code()) {
          throw link.cheated(
              PeerCheated.What.WRONG_KIND, "a dealer sends dealt frames, and nothing else");
        }
        lock.lock();
        try {
          steps += f.length() == 0 ? 1 : 0;
          held += f.length();
          if (held > limit) {
            throw link.cheated(
                PeerCheated.What.OVERSIZED, "the dealer sends more than it has credit for");
          }
          if (f.length() > 0) {
            arrived.append(f.buffer(), f.offset(), f.length());
          }
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
    } catch (LinkException e) {
      over(met.abort(e));
    }
  }

  private void over(@Nullable RuntimeException why) {
    lock.lock();
    try {
      done = true;
      failed = why;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void take(byte[] bytes, int from, int length) {
    int end = from + length;
    while (from < end) {
      ByteQueue.Chunk chunk = current;
      if (chunk == null || at == chunk.length()) {
        chunk = next(chunk);
        current = chunk;
        at = 0;
      }
      int n = Math.min(end - from, chunk.length() - at);
      System.arraycopy(chunk.bytes(), at, bytes, from, n);
      at += n;
      from += n;
      used += n;
      // Within the loop: what is taken at once may be more than the stock.
      if (used >= Math.min(CREDIT_BYTES, stock / 4)) {
        giveCredit();
      }
    }
  }

  /** The job's turn has come: the dealer may fill the stock from now on. */
  public void open() {
    long more;
    lock.lock();
    try {
      more = stock - limit;
      limit = stock;
    } finally {
      lock.unlock();
    }
    if (more > 0) {
      credit(more);
    }
  }

  /**
   * Waits until all that is dealt for the first {@code count} steps is here. False if it does not
   * fit the stock as a whole, or the dealer has ended before: taking it will tell.
   */
  public boolean awaitSteps(int count) {
    if (used > 0) {
      giveCredit();
    }
    lock.lock();
    try {
      long nanos = patience.toNanos();
      while (steps < count) {
        if (failed != null) {
          throw failed;
        }
        if (done || held + DealtOut.FRAME_BYTES > stock) {
          return false;
        }
        if (nanos <= 0) {
          throw silent();
        }
        nanos = changed.awaitNanos(nanos);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Abort.PeerGone("this node is stopping", e);
    } finally {
      lock.unlock();
    }
  }

  private Abort silent() {
    return new Abort.PeerGone("the dealer was silent for " + patience.toSeconds() + " s", null);
  }

  private ByteQueue.Chunk next(ByteQueue.@Nullable Chunk used) {
    lock.lock();
    try {
      if (used != null) {
        arrived.recycle(used);
        current = null;
      }
      long nanos = patience.toNanos();
      for (ByteQueue.Chunk chunk = arrived.poll(); ; chunk = arrived.poll()) {
        if (chunk != null) {
          return chunk;
        }
        if (failed != null) {
          throw failed;
        }
        if (done) {
          throw new Abort.PartiesDiverged("the dealer has dealt less than the job needs");
        }
        if (nanos <= 0) {
          throw silent();
        }
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Abort.PeerGone("this node is stopping", e);
    } finally {
      lock.unlock();
    }
  }

  private void giveCredit() {
    lock.lock();
    try {
      held -= used;
    } finally {
      lock.unlock();
    }
    credit(used);
    used = 0;
  }

  private void credit(long bytes) {
    byte[] b = ByteBuffer.allocate(Long.BYTES).putLong(bytes).array();
    try {
      link.send(Kind.CREDIT.code(), session, 0, b, 0, b.length);
    } catch (LinkException e) {
      throw met.abort(e);
    }
  }

  /** Bytes in stock, ready to be used. */
  public long inStock() {
    lock.lock();
    try {
      return held - used;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Tells the dealer that no more is needed and waits until it has stopped: the link is clean then.
   */
  public void finish() {
    try {
      link.send(Kind.DONE.code(), session, 0, new byte[0], 0, 0);
    } catch (LinkException e) {
      throw met.abort(e);
    }
    lock.lock();
    try {
      long nanos = patience.toNanos();
      while (!done) {
        if (nanos <= 0) {
          throw new Abort.PeerGone("the dealer did not end the job in time", null);
        }
        arrived.clear();
        nanos = changed.awaitNanos(nanos);
      }
      if (failed != null) {
        throw failed;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Abort.PeerGone("this node is stopping", e);
    } finally {
      lock.unlock();
    }
  }
}
