package dev.sotto.cli.bench;

import dev.sotto.mpc.AesStreams;
import dev.sotto.mpc.Dealings;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Streams;
import dev.sotto.ring.Kernels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The three roles' seats in this process, joined by memory: what protocols cost without links and
 * processes. Stream keys come from the seed, because nothing is secret here: inputs are made up.
 */
final class Seats implements AutoCloseable {
  private final Map<Role, Session> sessions = new EnumMap<>(Role.class);
  private final Map<Role, Streams> readers = new EnumMap<>(Role.class);
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          Role.values().length, Thread.ofPlatform().name("sotto-bench-", 0).daemon().factory());

  Seats(long seed, Kernels kernels) {
    Map<Pair, byte[]> keys = new EnumMap<>(Pair.class);
    SplittableRandom random = new SplittableRandom(seed);
    for (Pair pair : Pair.values()) {
      byte[] key = new byte[16];
      random.nextBytes(key);
      keys.put(pair, key);
    }
    MemoryChannel first = new MemoryChannel();
    MemoryChannel second = first.other();
    MemoryStock stock = new MemoryStock();
    for (Role role : Role.values()) {
      Map<Pair, byte[]> own = new EnumMap<>(keys);
      own.keySet().removeIf(pair -> !pair.has(role));
      Streams streams = new AesStreams(own);
      readers.put(role, streams.reader());
      sessions.put(
          role,
          switch (role) {
            case DEALER -> new Session(role, streams, kernels, null, stock.out());
            case EVALUATOR_0 -> new Session(role, streams, kernels, first, new Dealings.None());
            case EVALUATOR_1 -> new Session(role, streams, kernels, second, stock.in());
          });
    }
  }

  /** What a role does. */
  interface Part<R> {
    R run(Session seat) throws Exception;
  }

  /** Runs a program at all seats, each on a thread of its own; the first failure ends it. */
  <R> Map<Role, R> run(Part<R> program) {
    CompletionService<Map.Entry<Role, R>> running = new ExecutorCompletionService<>(threads);
    sessions.forEach((role, seat) -> running.submit(() -> Map.entry(role, program.run(seat))));
    Map<Role, R> results = new EnumMap<>(Role.class);
    try {
      for (int i = 0; i < sessions.size(); i++) {
        Map.Entry<Role, R> done = running.take().get();
        results.put(done.getKey(), done.getValue());
      }
      return results;
    } catch (ExecutionException e) {
      threads.shutdownNow();
      throw new IllegalStateException("a role failed while it was measured", e.getCause());
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }

  /** A role's streams, for what it does beside its session. */
  Streams reader(Role role) {
    return Objects.requireNonNull(readers.get(role));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
