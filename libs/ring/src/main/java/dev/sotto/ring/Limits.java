package dev.sotto.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleSupplier;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What this machine can do at best, measured by loops that do nothing else: what figures are a
 * ratio of. Each is the median of several short runs after a warm-up.
 */
public final class Limits {
  private static final long WARM_NANOS = 300_000_000;
  private static final int MAX_RUNS = 1000;
  private static final int MAX_THREADS = 1024;
  private static final long SLICE_BYTES = 64 << 20;
  private static final int AES_BYTES = 1 << 13;
  private static final int AES_CALLS = 1 << 10;
  // Short calls, so that the compiler takes the loop as a whole early; many, so that handing
  // tasks to threads does not show.
  private static final int MAC_STEPS = 1 << 12;
  private static final int MAC_CALLS = 512;

  private Limits() {}

  /**
   * A limit.
   *
   * @param perSecond the median over the runs
   * @param spread (the upper quartile − the lower) ÷ the median
   * @param runs how many there were
   */
  public record Limit(double perSecond, double spread, int runs) {}

  /**
   * Bytes per second that one thread reads from native memory, in four streams.
   *
   * @param bytes memory to allocate and go through in slices of at most 64 MiB, one a run; many
   *     times the caches
   * @throws IllegalArgumentException if bytes is below 1 MiB or runs is not 1..1000
   * @throws IllegalStateException if the JVM runs without the Vector API
   */
  public static Limit readBandwidth(long bytes, int runs) {
    if (bytes < 1 << 20) {
      throw new IllegalArgumentException("bytes must be at least 1 MiB, was " + bytes);
    }
    requireVectors();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(bytes, 4096);
      memory.fill((byte) 0x35); // untouched pages would all be one page of zeros
      long slice = Math.min(SLICE_BYTES, bytes) / LimitLoops.READ_STEP * LimitLoops.READ_STEP;
      long[] at = {0};
      long[] sink = {0};
      return median(
          runs,
          () -> {
            if (at[0] + slice > bytes) {
              at[0] = 0;
            }
            long start = System.nanoTime();
            sink[0] += LimitLoops.read(memory, at[0], slice);
            long nanos = System.nanoTime() - start;
            at[0] += slice;
            return slice * 1e9 / nanos;
          });
    }
  }

  /**
   * 64-bit multiply-adds per second of {@code threads} threads together, in registers alone.
   *
   * @throws IllegalArgumentException if threads is not 1..1024 or runs is not 1..1000
   * @throws IllegalStateException if the JVM runs without the Vector API
   */
  public static Limit multiplyAdds(int threads, int runs) {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("threads must be 1..1024, was " + threads);
    }
    requireVectors();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        long seed = 2L * t + 3;
        tasks.add(() -> multiplyAdds(seed));
      }
      double macs = (double) LimitLoops.MACS_PER_STEP * MAC_STEPS * MAC_CALLS * threads;
      return median(
          runs,
          () -> {
            long start = System.nanoTime();
            finish(pool, tasks);
            return macs * 1e9 / (System.nanoTime() - start);
          });
    }
  }

  /**
   * Bytes per second of AES-128 in counter mode on one thread, from cache to cache.
   *
   * @throws IllegalArgumentException if runs is not 1..1000
   * @throws IllegalStateException if the JVM runs without the Vector API
   */
  public static Limit aes(int runs) {
    byte[] in = new byte[AES_BYTES];
    byte[] out = new byte[AES_BYTES];
    Cipher cipher;
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(new byte[16], "AES"),
          new IvParameterSpec(new byte[16]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no AES/CTR", e);
    }
    requireVectors();
    return median(
        runs,
        () -> {
          long start = System.nanoTime();
          try {
            for (int i = 0; i < AES_CALLS; i++) {
              cipher.update(in, 0, AES_BYTES, out, 0);
            }
          } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES/CTR failed", e);
          }
          return (double) AES_BYTES * AES_CALLS * 1e9 / (System.nanoTime() - start);
        });
  }

  private static void requireVectors() {
    if (!KernelChoice.vectorsPresent()) {
      throw new IllegalStateException(
          "limits are measured with vectors: start the JVM with --add-modules"
              + " jdk.incubator.vector");
    }
  }

  private static long multiplyAdds(long seed) {
    long sum = 0;
    for (int call = 0; call < MAC_CALLS; call++) {
      sum += LimitLoops.multiplyAdd(seed + 2L * call, MAC_STEPS);
    }
    return sum;
  }

  private static void finish(ExecutorService pool, List<Callable<Long>> tasks) {
    try {
      for (Future<Long> done : pool.invokeAll(tasks)) {
        LimitLoops.keep(done.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a measuring thread failed", e);
    }
  }

  private static Limit median(int runs, DoubleSupplier run) {
    if (runs < 1 || runs > MAX_RUNS) {
      throw new IllegalArgumentException("runs must be 1..1000, was " + runs);
    }
    long start = System.nanoTime();
    do {
      LimitLoops.keep((long) run.getAsDouble());
    } while (System.nanoTime() - start < WARM_NANOS);
    double[] rates = new double[runs];
    for (int i = 0; i < runs; i++) {
      rates[i] = run.getAsDouble();
    }
    Arrays.sort(rates);
    double median = (rates[(runs - 1) / 2] + rates[runs / 2]) / 2;
    double spread = (rates[runs - 1 - runs / 4] - rates[runs / 4]) / median;
    return new Limit(median, spread, runs);
  }
}
