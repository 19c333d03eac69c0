package dev.sotto.links;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between a sender and a link's writer thread: bytes in chunks, so that small
 * frames that wait leave together and large ones leave while they are still being copied in.
 */
final class Outbound {
  private static final int KEPT_BYTES = 1 << 20; // for the next burst; the rest goes to the heap

  private final int capacityBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition drained = lock.newCondition();
  private final ByteQueue bytes;
  private long waiting; // bytes taken in and not yet written
  private volatile boolean empty = true; // waiting == 0, to be read without the lock
  private boolean closed;

  Outbound(int capacityBytes) {
    this.capacityBytes = capacityBytes;
    this.bytes = new ByteQueue(KEPT_BYTES);
  }

  /** Whether all that was taken in has been written: then the writer thread touches nothing. */
  boolean isEmpty() {
    return empty;
  }

  /**
   * Takes in a whole frame. Waits for room; false when nothing at all left the queue for {@code
   * patienceNanos}, or when it was closed.
   */
  boolean put(byte[] header, byte[] payload, int offset, int length, long patienceNanos)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long total = header.length + (long) length;
      long seen = waiting;
      long left = patienceNanos;
      while (!closed && waiting + total > capacityBytes) {
        if (left <= 0) {
          return false;
        }
        left = drained.awaitNanos(left);
        if (waiting < seen) {
          left = patienceNanos;
        }
        seen = waiting;
      }
      if (closed) {
        return false;
      }
      bytes.append(header, 0, header.length);
      bytes.append(payload, offset, length);
      waiting += total;
      empty = waiting == 0;
      filled.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The next bytes to write; waits for them, and is null once the queue is closed. */
  ByteQueue.@Nullable Chunk take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && bytes.isEmpty()) {
        filled.await();
      }
      return closed ? null : bytes.poll();
    } finally {
      lock.unlock();
    }
  }

  /** What {@link #take} gave has been written. */
  void written(ByteQueue.Chunk chunk) {
    lock.lock();
    try {
      waiting -= chunk.length();
      empty = waiting == 0;
      bytes.recycle(chunk);
      drained.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything is written; false when nothing left for {@code patienceNanos}. */
  boolean awaitEmpty(long patienceNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long seen = waiting;
      long left = patienceNanos;
      while (!closed && waiting > 0) {
        if (left <= 0) {
          return false;
        }
        left = drained.awaitNanos(left);
        if (waiting < seen) {
          left = patienceNanos;
        }
        seen = waiting;
      }
      return waiting == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Whoever waits here stops waiting; what is queued is dropped. */
  void close() {
    lock.lock();
    try {
      closed = true;
      bytes.clear();
      filled.signalAll();
      drained.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
