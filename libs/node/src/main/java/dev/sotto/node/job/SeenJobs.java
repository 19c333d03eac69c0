package dev.sotto.node.job;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that a node has taken: an id and a nonce are accepted once. They are remembered until
 * the job could no longer be opened anyway, across restarts where there is a {@link JobJournal}.
 */
final class SeenJobs implements AutoCloseable {
  private static final int MOST_REMEMBERED = 1 << 18;
  private static final Duration SWEEP = Duration.ofMinutes(1);

  /** Kept for so much longer, in case the clock is set back. */
  static final Duration GRACE = Duration.ofMinutes(10);

  private record Seen(ByteBuffer hash, long expiresAt) {}

  private final Map<ByteBuffer, Seen> seen = new HashMap<>();
  private final @Nullable JobJournal journal;
  private long swept;

  private SeenJobs(@Nullable JobJournal journal) {
    this.journal = journal;
    if (journal != null) {
      journal.entries().forEach(this::keep);
    }
  }

  /** None yet; forgotten with this object. */
  static SeenJobs inMemory() {
    return new SeenJobs(null);
  }

  /** Those of a journal, and from now on there. IOException when it cannot be read or written. */
  static SeenJobs in(Path folder, long now) throws IOException {
    return new SeenJobs(JobJournal.open(folder, now - GRACE.toMillis()));
  }

  /** Whether this very job was taken before. */
  synchronized boolean took(JobOpen open) {
    Seen before = seen.get(id(open));
    return before != null && before.hash().equals(ByteBuffer.wrap(open.hash()));
  }

  /** Takes a job, durably before it returns; a {@link Refusal} if that was done before. */
  synchronized void take(JobOpen open, long now) {
    if (now - swept > SWEEP.toMillis() || seen.size() >= MOST_REMEMBERED) {
      swept = now;
      for (Iterator<Seen> each = seen.values().iterator(); each.hasNext(); ) {
        if (each.next().expiresAt() < now - GRACE.toMillis()) {
          each.remove();
        }
      }
    }
    if (seen.size() >= MOST_REMEMBERED) {
      throw new Refusal(
          Failure.Code.BUSY, "this node has taken as many jobs as it can remember; try later");
    }
    JobJournal.Entry entry =
        new JobJournal.Entry(
            id(open), open.nonce().asBuffer(), ByteBuffer.wrap(open.hash()), open.expiresAt());
    if (seen.containsKey(entry.job()) || seen.containsKey(entry.nonce())) {
      throw new Refusal(Failure.Code.REPLAYED, "this job's id or nonce was used before");
    }
    keep(entry);
    if (journal != null) {
      try {
        journal.append(entry, now - GRACE.toMillis());
      } catch (IOException e) {
        throw new Refusal(
            Failure.Code.INTERNAL, "this node cannot write down that it takes the job");
      }
    }
  }

  private void keep(JobJournal.Entry entry) {
    Seen as = new Seen(entry.hash(), entry.expiresAt());
    seen.put(entry.job(), as);
    seen.put(entry.nonce(), as);
  }

  private static ByteBuffer id(JobOpen open) {
    return ByteBuffer.allocate(JobId.BYTES)
        .putLong(open.jobId().high())
        .putLong(open.jobId().low())
        .flip();
  }

  @Override
  public synchronized void close() throws IOException {
    if (journal != null) {
      journal.close();
    }
  }
}
