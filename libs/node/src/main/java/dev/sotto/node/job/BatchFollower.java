package dev.sotto.node.job;

import dev.sotto.models.shard.Shard;
import dev.sotto.mpc.Abort;
import dev.sotto.node.compute.BatchProgram;
import dev.sotto.node.compute.StageProgram;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evaluator-1's batches: the ones that evaluator-0 names. Whoever completes a batch runs it. One
 * that is named and never complete is given up after the node's patience.
 */
final class BatchFollower extends Batches {
  private final Duration patience;
  private final Map<Long, Gathering> gatherings = new HashMap<>();

  /** A batch some of whose rows are here. */
  private static final class Gathering {
    private final @Nullable Turn[] turns;
    private int here;

    Gathering(int rows) {
      turns = new Turn[rows];
    }

    boolean complete() {
      return here == turns.length;
    }

    List<Turn> present() {
      List<Turn> all = new ArrayList<>();
      Arrays.stream(turns).filter(java.util.Objects::nonNull).forEach(all::add);
      return all;
    }
  }

  BatchFollower(Shard shard, Duration patience) {
    super(shard);
    this.patience = patience;
  }

  @Override
  void left(StageProgram job) {}

  @Override
  void come(StageProgram job) {}

  @Override
  void gone(StageProgram job) {}

  @Override
  StageProgram.Output run(BatchProgram.Row row) {
    Turn own = new Turn(row);
    byte[] word = own.session().hear(DECISION_BYTES);
    own.session().agreed(0);
    ByteBuffer decision = ByteBuffer.wrap(word);
    long number = decision.getLong();
    int index = decision.getInt();
    int rows = decision.getInt();
    if (rows < 1 || rows > MOST_ROWS || index < 0 || index >= rows) {
      throw nonsense(own);
    }
    if (rows == 1) {
      execute(List.of(own));
      return own.output();
    }
    Gathering batch;
    boolean completes;
    lock.lock();
    try {
      batch = gatherings.computeIfAbsent(number, n -> new Gathering(rows));
      if (batch.turns.length != rows || batch.turns[index] != null) {
        throw nonsense(own);
      }
      batch.turns[index] = own;
      batch.here++;
      completes = batch.complete(); // seen by one of its steps alone
      if (completes) {
        gatherings.remove(number);
      }
    } finally {
      lock.unlock();
    }
    if (completes) {
      executed(batch);
    } else {
      await(number, batch, own);
    }
    return own.output();
  }

  private void executed(Gathering batch) {
    execute(batch.present());
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static Abort nonsense(Turn own) {
    return own.session()
        .cheated("evaluator-0 names a batch that cannot be", new IllegalArgumentException());
  }

  private void await(long number, Gathering batch, Turn own) {
    long end = System.nanoTime() + patience.toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      while (!own.over()) {
        long left = end - System.nanoTime();
        if (left <= 0 && !batch.complete()) {
          gatherings.remove(number, batch);
          Abort why = new Abort.PeerGone("evaluator-0 named a batch whose steps never came", null);
          batch.present().forEach(turn -> turn.failed(why));
          changed.signalAll();
          return;
        }
        try {
          // A batch that runs ends by its own patience; it is only waited for.
          long _ = changed.awaitNanos(batch.complete() ? Long.MAX_VALUE : left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
