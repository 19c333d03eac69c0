package dev.sotto.node.job;

import dev.sotto.models.shard.Shard;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.Session;
import dev.sotto.node.compute.BatchProgram;
import dev.sotto.node.compute.StageProgram;
import dev.sotto.node.compute.StageWeights;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where the jobs of an evaluator meet whose steps of one token are run together: continuous
 * batching. Evaluator-0 says which steps make a batch ({@link BatchLeader}), evaluator-1 follows
 * ({@link BatchFollower}); what they say to each other about a step crosses the step's own link,
 * and depends on nothing but when steps come.
 *
 * <p>A step whose job could still be ended by its caller is in no batch: whoever is in one has its
 * links held ({@link SessionLinks#hold}) and all that its dealer deals for the step, so that no
 * caller can end, delay or break a batch that others are in.
 */
public abstract sealed class Batches permits BatchLeader, BatchFollower {
  /** Rows of a batch at most. */
  static final int MOST_ROWS = 32;

  /** Evaluator-0's word about a step: the batch's number, the row, how many rows. */
  static final int DECISION_BYTES = Long.BYTES + 2 * Integer.BYTES;

  private final Shard shard;
  private final Map<StageProgram, Long> jobs = new HashMap<>(); // and when they came
  private long entered;
  private final LongAdder together = new LongAdder();
  private final LongAdder runs = new LongAdder();
  private final Semaphore prompts = new Semaphore(1, true);
  private @Nullable BatchProgram last;

  final ReentrantLock lock = new ReentrantLock();
  final Condition changed = lock.newCondition();

  Batches(Shard shard) {
    this.shard = shard;
  }

  /** Those of a node with this shard; at the dealer there are none. */
  public static @Nullable Batches of(Shard shard, Duration patience) {
    return switch (StageWeights.role(shard.header().role())) {
      case DEALER -> null;
      case EVALUATOR_0 -> new BatchLeader(shard);
      case EVALUATOR_1 -> new BatchFollower(shard, patience);
    };
  }

  /** A step's way through a batch: its row, then its output or why there is none. */
  static final class Turn {
    final BatchProgram.Row row;
    private StageProgram.@Nullable Output output;
    private @Nullable Throwable failure;

    Turn(BatchProgram.Row row) {
      this.row = row;
    }

    Session session() {
      return row.session();
    }

    boolean over() {
      return output != null || failure != null;
    }

    StageProgram.Output output() {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {}
      }
      if (output == null) {
        throw new IllegalStateException("the step has not run");
      }
      return output;
    }

    void failed(Throwable why) {
      failure = why;
    }
  }

  /** A job is here. */
  void enter(StageProgram job) {
    lock.lock();
    try {
      jobs.put(job, entered++);
    } finally {
      lock.unlock();
    }
  }

  /** A job is over. */
  void leave(StageProgram job) {
    lock.lock();
    try {
      jobs.remove(job);
      if (last != null && last.has(job)) {
        last = null; // what the job kept goes with it
      }
      left(job);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** For what else is known of a job; the lock is held. */
  abstract void left(StageProgram job);

  /** A job's step has come, and will be run as soon as it may. */
  abstract void come(StageProgram job);

  /** It is not run here. */
  abstract void gone(StageProgram job);

  /**
   * An order of rows that lasts while the same jobs are here: what attends to equally much is side
   * by side. The lock is held.
   */
  final List<Turn> ordered(List<Turn> turns) {
    return turns.stream()
        .sorted(
            Comparator.comparingInt((Turn t) -> t.row.step().position())
                .thenComparingLong(t -> jobs.getOrDefault(t.row.program(), entered)))
        .toList();
  }

  /**
   * Waits until no other step of several tokens runs: each takes some hundred megabytes while it
   * runs, and two at once are no faster than one after the other. Evaluator-1 keeps the order; it
   * says {@code waiting} now and then, so that evaluator-0 knows that it is there.
   */
  final void beginPrompt(Duration patience, Runnable waiting) {
    try {
      while (!prompts.tryAcquire(patience.toMillis() / 4, TimeUnit.MILLISECONDS)) {
        waiting.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Abort.PeerGone("the caller is gone", e);
    }
  }

  /** Ends {@link #beginPrompt}. */
  final void endPrompt() {
    prompts.release();
  }

  /** Whether there are others that a step could be run with. */
  boolean several() {
    lock.lock();
    try {
      return jobs.size() > 1;
    } finally {
      lock.unlock();
    }
  }

  /** Steps that were run together with others so far. */
  public long steps() {
    return together.sum();
  }

  /** Batches that these were. */
  public long runs() {
    return runs.sum();
  }

  /**
   * Runs the rest of a step, alone or with others'. Whatever stops a batch stops each of its steps.
   */
  abstract StageProgram.Output run(BatchProgram.Row row);

  /** Runs steps together, or one alone, and says so to each; the lock is not held. */
  final void execute(List<Turn> turns) {
    try {
      List<StageProgram.Output> outputs = outputs(turns.stream().map(turn -> turn.row).toList());
      for (int i = 0; i < turns.size(); i++) {
        turns.get(i).output = outputs.get(i);
      }
    } catch (Throwable t) { // each step's own thread throws it
      turns.forEach(turn -> turn.failed(t));
    }
  }

  private List<StageProgram.Output> outputs(List<BatchProgram.Row> rows) {
    if (rows.size() == 1) {
      return List.of(rows.getFirst().alone());
    }
    BatchProgram batch = program(rows);
    List<StageProgram.Output> out = batch.run(rows);
    keep(batch);
    together.add(rows.size());
    runs.increment();
    return out;
  }

  private BatchProgram program(List<BatchProgram.Row> rows) {
    BatchProgram batch;
    lock.lock();
    try {
      batch = last;
      last = null; // nobody else's while it runs
    } finally {
      lock.unlock();
    }
    if (batch != null && batch.fits(rows)) {
      return batch;
    }
    StageWeights weights = batch == null ? new StageWeights(shard) : batch.weights();
    return new BatchProgram(rows.stream().map(BatchProgram.Row::program).toList(), weights);
  }

  private void keep(BatchProgram batch) {
    lock.lock();
    try {
      if (jobs.keySet().stream().filter(batch::has).count() == batch.rows()) {
        last = batch;
      }
    } finally {
      lock.unlock();
    }
  }

  static byte[] decision(long batch, int row, int rows) {
    return ByteBuffer.allocate(DECISION_BYTES).putLong(batch).putInt(row).putInt(rows).array();
  }

  static <T> List<T> firstOf(Iterable<T> all, int most) {
    List<T> out = new ArrayList<>();
    for (T t : all) {
      if (out.size() == most) {
        break;
      }
      out.add(t);
    }
    return out;
  }
}
