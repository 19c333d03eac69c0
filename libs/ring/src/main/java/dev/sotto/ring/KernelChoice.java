package dev.sotto.ring;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The provider that a process computes with, and what it was chosen by.
 *
 * @param kernels the provider
 * @param timings what was measured, in the order tried; empty when the caller named the provider
 */
public record KernelChoice(Kernels kernels, List<Timing> timings) {
  /** What {@link #of} takes to choose by measurement. */
  public static final String AUTO = "auto";

  /** All that {@link #of} takes. */
  public static final List<String> NAMES = List.of(AUTO, "scalar", "vector", "djl", "cuda");

  /**
   * On a machine so busy that the compiler waits, vectors are slow until it has come to them: who
   * gave up on them early would be slow for the life of the process.
   */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final int ROWS = 8;
  private static final int INNER = 256;
  private static final double CLEAR_LEAD = 1.5;
  private static final int LAST_COMPILER = 4; // C2, in HotSpot's count

  /** Copies the list. */
  public KernelChoice {
    timings = List.copyOf(timings);
  }

  /**
   * A provider's best short run.
   *
   * @param name the provider
   * @param macsPerSecond 64-bit multiply-adds per second on one thread, product of 8 rows with a
   *     panel
   */
  public record Timing(String name, double macsPerSecond) {}

  /**
   * The provider called {@code name}, or for {@value #AUTO} the faster one of {@code scalar} and
   * {@code vector}, by a measurement that takes about 0.1 s, and at most 20 s where the compiler is
   * busy; {@code scalar} in a JVM without C2, which alone compiles vectors. {@code djl} and {@code
   * cuda} are never chosen unasked, as their library alone takes longer to load; whoever has loaded
   * it gives them to {@link #fastest}.
   *
   * @throws IllegalArgumentException if no provider is called so
   * @throws IllegalStateException if the provider cannot run in this JVM; the message says why
   */
  public static KernelChoice of(String name) {
    return switch (name) {
      case AUTO -> fastest(LIMIT, local());
      case "scalar" -> new KernelChoice(new ScalarKernels(), List.of());
      case "vector" -> {
        if (!vectorsPresent()) {
          throw new IllegalStateException(
              "kernels: 'vector' needs a JVM started with --add-modules jdk.incubator.vector");
        }
        yield new KernelChoice(new VectorKernels(), List.of());
      }
      case "djl" -> new KernelChoice(DjlKernels.open(local().getFirst()), List.of());
      case "cuda" -> new KernelChoice(LimbKernels.open(local().getFirst()), List.of());
      default ->
          throw new IllegalArgumentException(
              "kernels: no provider is called '%s'; choose auto, scalar, vector, djl or cuda"
                  .formatted(name));
    };
  }

  /** What runs in this JVM without loading anything, the one expected to be faster first. */
  static List<Kernels> local() {
    return vectorsPresent() && vectorsCompiled()
        ? List.of(new VectorKernels(), new ScalarKernels())
        : List.of(new ScalarKernels());
  }

  static boolean vectorsPresent() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /** Whether this JVM may use the compiler that turns vectors to instructions: the last one. */
  private static boolean vectorsCompiled() {
    try {
      String last =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
              .getVMOption("TieredStopAtLevel")
              .getValue();
      return Integer.parseInt(last) == LAST_COMPILER;
    } catch (IllegalArgumentException e) {
      return true; // not HotSpot: measuring will tell
    }
  }

  /**
   * The fastest of {@code candidates} by their best run of a small product. They run in turn until
   * one leads by half, which compiled vectors do after some ten milliseconds, or the limit is over;
   * on a draw the earlier candidate wins. A lone candidate is taken as it is.
   *
   * @throws IllegalArgumentException if there is no candidate
   */
  public static KernelChoice fastest(Duration limit, List<Kernels> candidates) {
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("kernels: nothing to choose from");
    }
    if (candidates.size() == 1) {
      return new KernelChoice(candidates.getFirst(), List.of());
    }
    SplittableRandom random = new SplittableRandom(1);
    long[] x = random.longs(ROWS * INNER).toArray(); // [rows, inner]
    long[] panel = random.longs(Kernels.PANEL * INNER).toArray(); // [inner, 32]
    long[] out = new long[ROWS * Kernels.PANEL]; // [rows, 32]
    long[] best = new long[candidates.size()];
    Arrays.fill(best, Long.MAX_VALUE);
    long end = System.nanoTime() + limit.toNanos();
    boolean over;
    do {
      for (int c = 0; c < best.length; c++) {
        Kernels kernels = candidates.get(c);
        for (int run = 0; run < 20; run++) {
          long start = System.nanoTime();
          kernels.multiplyPanel(x, 0, ROWS, INNER, panel, 0, out, 0, Kernels.PANEL);
          best[c] = Math.min(best[c], Math.max(1, System.nanoTime() - start));
        }
      }
      over = System.nanoTime() - end >= 0 || firstLeads(best);
    } while (!over);
    List<Timing> timings = new ArrayList<>();
    int winner = 0;
    for (int c = 0; c < best.length; c++) {
      double seconds = (double) best[c] / TimeUnit.SECONDS.toNanos(1);
      timings.add(new Timing(candidates.get(c).name(), ROWS * INNER * Kernels.PANEL / seconds));
      if (best[c] < best[winner]) {
        winner = c;
      }
    }
    return new KernelChoice(candidates.get(winner), timings);
  }

  /** Only the first may end the race early: the others may still be waiting for the compiler. */
  private static boolean firstLeads(long[] best) {
    for (int c = 1; c < best.length; c++) {
      if (best[0] * CLEAR_LEAD > best[c]) {
        return false;
      }
    }
    return true;
  }
}
