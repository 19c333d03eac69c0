package dev.sotto.node.compute;

import dev.sotto.mpc.function.RowPicks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The look-ups of all jobs of a node, which pass over the table together: whatever has come while a
 * pass was running shares the next one. What a job gets does not depend on whom it shared with.
 * Thread-safe.
 */
public final class JointPicks {
  private final RowPicks rows;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Part> waiting = new ArrayDeque<>();
  private boolean running;

  /** Some tokens of one job, as many as share a pass at most. */
  private static final class Part {
    private final List<byte[]> keys;
    private long @Nullable [] picked;
    private @Nullable RuntimeException failure;

    Part(List<byte[]> keys) {
      this.keys = keys;
    }

    boolean over() {
      return picked != null || failure != null;
    }
  }

  /** Over one table; nobody else may use {@code rows}. */
  public JointPicks(RowPicks rows) {
    this.rows = rows;
  }

  /** See {@link RowPicks#pick}. */
  public long[] pick(List<byte[]> keys) {
    int each = 2 * RowPicks.AT_ONCE;
    if (keys.size() <= each) {
      return part(keys);
    }
    // A long prompt does not keep single tokens waiting for all of it.
    List<long[]> parts = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += each) {
      parts.add(part(keys.subList(from, Math.min(keys.size(), from + each))));
    }
    return joined(parts);
  }

  private long[] part(List<byte[]> keys) {
    Part own = new Part(keys);
    lock.lock();
    try {
      waiting.add(own);
      while (!own.over()) {
        if (running) {
          changed.awaitUninterruptibly(); // a pass is short, and ends whatever happens
        } else {
          pass();
        }
      }
    } finally {
      lock.unlock();
    }
    if (own.failure != null) {
      throw own.failure;
    }
    return java.util.Objects.requireNonNull(own.picked);
  }

  /** Runs a pass for the first that wait; the lock is held, but for the time of it. */
  private void pass() {
    running = true;
    List<Part> parts = new ArrayList<>();
    List<byte[]> keys = new ArrayList<>();
    while (!waiting.isEmpty()
        && keys.size() + waiting.getFirst().keys.size() <= 2 * RowPicks.AT_ONCE) {
      Part next = waiting.removeFirst();
      parts.add(next);
      keys.addAll(next.keys);
    }
    lock.unlock();
    long[] picked = {};
    @Nullable RuntimeException failure =
        new IllegalStateException("a pass over the table was stopped");
    try {
      picked = rows.pick(keys);
      failure = null;
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      lock.lock();
      running = false;
      int width = keys.isEmpty() ? 0 : 2 * picked.length / keys.size();
      int from = 0;
      for (Part part : parts) {
        int to = from + part.keys.size() / 2 * width;
        part.failure = failure;
        part.picked = failure == null ? java.util.Arrays.copyOfRange(picked, from, to) : null;
        from = to;
      }
      changed.signalAll();
    }
  }

  private static long[] joined(List<long[]> parts) {
    long[] all = new long[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (long[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
