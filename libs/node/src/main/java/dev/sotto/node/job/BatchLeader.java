package dev.sotto.node.job;

import dev.sotto.models.shard.Shard;
import dev.sotto.node.compute.BatchProgram;
import dev.sotto.node.compute.StageProgram;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Evaluator-0's batches. One runs at a time, and whatever has come meanwhile is the next one. The
 * callers of a batch have their answers at the same moment and come back one after the other, so
 * the next batch waits: a small part of what the last one took for those who were in it, and as
 * long as that took for those whose step has come and is being looked up. Whoever is waited for in
 * vain is not waited for again before it has come.
 */
final class BatchLeader extends Batches {
  private static final int PART_TO_WAIT = 8; // of what the last one took, for callers
  private static final long MOST_TO_WAIT = 100_000_000; // nanoseconds

  private final Deque<Turn> waiting = new ArrayDeque<>();
  private final Set<StageProgram> expected = new HashSet<>();
  private final Set<StageProgram> coming = new HashSet<>();
  private boolean running;
  private long batches;
  private long took;

  BatchLeader(Shard shard) {
    super(shard);
  }

  @Override
  void left(StageProgram job) {
    expected.remove(job);
    coming.remove(job);
  }

  @Override
  void come(StageProgram job) {
    lock.lock();
    try {
      expected.remove(job);
      coming.add(job);
    } finally {
      lock.unlock();
    }
  }

  @Override
  void gone(StageProgram job) {
    lock.lock();
    try {
      coming.remove(job);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  StageProgram.Output run(BatchProgram.Row row) {
    Turn own = new Turn(row);
    lock.lock();
    try {
      waiting.add(own);
      expected.remove(row.program());
      coming.remove(row.program());
      changed.signalAll();
      while (!own.over()) {
        if (!running && waiting.peekFirst() == own) {
          lead();
        } else {
          changed.awaitUninterruptibly(); // whoever runs says when it is over, whatever happens
        }
      }
    } finally {
      lock.unlock();
    }
    return own.output();
  }

  /** The first that waits runs what there is, for all; the lock is held, but for the time of it. */
  private void lead() {
    running = true;
    awaitExpected();
    List<Turn> turns = firstOf(waiting, MOST_ROWS);
    turns.forEach(waiting::remove);
    List<Turn> rows = ordered(turns);
    long number = ++batches;
    lock.unlock();
    long start = System.nanoTime();
    try {
      announce(number, rows);
      execute(rows);
    } catch (Throwable t) { // each step's own thread throws it
      rows.forEach(turn -> turn.failed(t));
    } finally {
      lock.lock();
      took = System.nanoTime() - start;
      rows.forEach(turn -> expected.add(turn.row.program()));
      running = false;
      changed.signalAll();
    }
  }

  private static void announce(long number, List<Turn> rows) {
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).session().tell(decision(number, i, rows.size()));
      rows.get(i).session().agreed(DECISION_BYTES);
    }
  }

  private void awaitExpected() {
    long now = System.nanoTime();
    long callers = now + Math.min(MOST_TO_WAIT, took / PART_TO_WAIT);
    long steps = now + took;
    boolean interrupted = false;
    while (waiting.size() < MOST_ROWS) {
      now = System.nanoTime();
      if (now >= callers) {
        expected.clear();
      }
      if (now >= steps) {
        coming.clear();
      }
      if (expected.isEmpty() && coming.isEmpty()) {
        break;
      }
      try {
        long _ = changed.awaitNanos((expected.isEmpty() ? steps : callers) - now);
      } catch (InterruptedException e) {
        interrupted = true; // this step belongs to others, too: see Batches
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
