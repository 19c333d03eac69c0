package dev.sotto.openai.answer;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers of the last minutes, so that a request that a client repeats is answered, and paid for,
 * once. They are plaintext: they stay in this process's memory, are bounded, and are given to the
 * caller only whose they are. Thread-safe.
 */
final class RecentAnswers {
  static final Duration KEPT = Duration.ofMinutes(10);
  private static final int MAX_ENTRIES = 1024;
  private static final long MAX_BYTES = 64L << 20;

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<RequestName, Entry> entries = new LinkedHashMap<>();
  private long bytes;

  /** Whose, and under what name. */
  record RequestName(String scope, String name) {
    @Override
    public String toString() {
      return "RequestName[hidden]";
    }
  }

  /**
   * An answer as it was sent.
   *
   * @param jobs what the header says of its jobs
   * @param body of the response
   */
  record Stored(String jobs, byte[] body) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Stored o && jobs.equals(o.jobs) && Arrays.equals(body, o.body);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(body);
    }

    @Override
    public String toString() {
      return "Stored[" + body.length + " bytes]";
    }
  }

  private static final class Entry {
    final String request;
    final long since;
    final CompletableFuture<Optional<Stored>> answer = new CompletableFuture<>();
    int bytes;

    Entry(String request, long since) {
      this.request = request;
      this.since = since;
    }
  }

  /** The right to answer a request, or the answer that it was given. */
  final class Claim implements AutoCloseable {
    private final @Nullable RequestName key;
    private final @Nullable Entry entry;
    private final @Nullable Stored stored;

    private Claim(@Nullable RequestName key, @Nullable Entry entry, @Nullable Stored stored) {
      this.key = key;
      this.entry = entry;
      this.stored = stored;
    }

    /** The answer that was given, or null if it is to be computed. */
    @Nullable Stored stored() {
      return stored;
    }

    void keep(Stored answer) {
      if (entry != null) {
        RecentAnswers.this.keep(entry, answer);
      }
    }

    /** A request that was not answered may be tried again. */
    @Override
    public void close() {
      if (key != null && entry != null && !entry.answer.isDone()) {
        forget(key, entry);
      }
    }
  }

  /** The name was used for another request. */
  static final class NameReused extends Exception {
    private static final long serialVersionUID = 1;
  }

  RecentAnswers(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** A request that nobody will repeat. */
  Claim unnamed() {
    return new Claim(null, null, null);
  }

  /**
   * The answer to a request, waiting for one that is being computed; or the right to compute it.
   *
   * @param request digest of the request
   * @param recall whether an earlier answer is wanted; if not, a new one replaces it
   */
  Claim claim(RequestName key, String request, boolean recall, Duration patience)
      throws NameReused, InterruptedException {
    long end = nanos.getAsLong() + patience.toNanos();
    while (true) {
      Entry known;
      lock.lock();
      try {
        expire();
        known = entries.get(key);
        if (known == null || !recall) {
          if (known != null) {
            remove(key, known);
          }
          Entry fresh = new Entry(request, nanos.getAsLong());
          entries.put(key, fresh);
          trim();
          return new Claim(key, fresh, null);
        }
        if (!known.request.equals(request)) {
          throw new NameReused();
        }
      } finally {
        lock.unlock();
      }
      Optional<Stored> answer = await(known, end - nanos.getAsLong());
      if (answer.isPresent()) {
        return new Claim(null, null, answer.get());
      }
      forget(key, known);
    }
  }

  private static Optional<Stored> await(Entry entry, long nanos) throws InterruptedException {
    try {
      return entry.answer.get(Math.max(1, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    }
  }

  private void keep(Entry entry, Stored answer) {
    lock.lock();
    try {
      if (entries.containsValue(entry)) {
        entry.bytes = answer.body().length;
        bytes += entry.bytes;
        trim();
      }
    } finally {
      lock.unlock();
    }
    entry.answer.complete(Optional.of(answer));
  }

  private void forget(RequestName key, Entry entry) {
    lock.lock();
    try {
      remove(key, entry);
    } finally {
      lock.unlock();
    }
    entry.answer.complete(Optional.empty());
  }

  private void remove(RequestName key, Entry entry) {
    if (entries.remove(key, entry)) {
      bytes -= entry.bytes;
    }
  }

  private void expire() {
    long oldest = nanos.getAsLong() - KEPT.toNanos();
    while (!entries.isEmpty()) {
      Map.Entry<RequestName, Entry> first = entries.entrySet().iterator().next();
      if (first.getValue().since - oldest >= 0) {
        return;
      }
      remove(first.getKey(), first.getValue());
    }
  }

  private void trim() {
    while (entries.size() > MAX_ENTRIES || bytes > MAX_BYTES) {
      Map.Entry<RequestName, Entry> first = entries.entrySet().iterator().next();
      remove(first.getKey(), first.getValue());
    }
  }
}
