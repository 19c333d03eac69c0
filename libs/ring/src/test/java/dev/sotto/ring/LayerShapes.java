package dev.sotto.ring;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Times products with Llama-3.1-8B's weight shapes and random words, and checks each against the
 * vector provider. A program, run by hand for docs/performance.md; arguments: a folder on a fast
 * disk, threads, providers. Medians, in milliseconds; the first product with a matrix brings it.
 */
final class LayerShapes {
  private record Shape(String name, int inner, int cols) {}

  private static final Shape[] SHAPES = {
    new Shape("q, o", 4096, 4096),
    new Shape("k, v", 4096, 1024),
    new Shape("gate, up", 4096, 14336),
    new Shape("down", 14336, 4096),
    new Shape("one panel", 4096, 32)
  };
  private static final int[] ROWS = {1, 16, 128, 512};
  private static final long SEED = 0x5077_000BL;

  private LayerShapes() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int threads = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    String[] names = args.length > 2 ? Arrays.copyOfRange(args, 2, args.length) : new String[0];
    Kernels vector = new VectorKernels();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads);
        Arena arena = Arena.ofShared()) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (Shape shape : SHAPES) {
        MemorySegment weights = mapped(folder, shape, random, arena);
        MemorySegment copy = arena.allocate(weights.byteSize(), 64);
        copy.copyFrom(weights);
        for (int rows : ROWS) {
          long[] x = random.longs((long) rows * shape.inner()).toArray();
          long[] expected = new long[rows * shape.cols()];
          String what = "%s rows %d".formatted(shape.name(), rows);
          say(what, "vector", median(() -> times(vector, x, rows, shape, copy, expected)));
          say(
              what,
              "vector×" + threads,
              median(() -> spread(pool, threads, vector, x, rows, shape, copy)));
          for (String name : names) {
            Kernels kernels = opened(name);
            long[] out = new long[expected.length];
            say(what, name + " first", once(() -> times(kernels, x, rows, shape, weights, out)));
            check(expected, out, what);
            say(what, name + " held", median(() -> times(kernels, x, rows, shape, weights, out)));
            check(expected, out, what);
            say(what, name + " brought", median(() -> times(kernels, x, rows, shape, copy, out)));
            check(expected, out, what);
          }
        }
      }
    }
  }

  private static Kernels last = new ScalarKernels();

  /** One provider a process, opened once. */
  private static Kernels opened(String name) {
    if (!last.name().equals(name)) {
      long start = System.nanoTime();
      last = KernelChoice.of(name).kernels();
      System.out.printf("opened %s in %.1f s%n", name, (System.nanoTime() - start) / 1e9);
    }
    return last;
  }

  private static MemorySegment mapped(
      Path folder, Shape shape, SplittableRandom random, Arena arena) throws IOException {
    Path file = folder.resolve("shape-" + shape.inner() + "-" + shape.cols());
    long bytes = 8L * shape.inner() * shape.cols();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      LongBuffer words =
          channel
              .map(MapMode.READ_WRITE, 0, bytes, arena)
              .asByteBuffer()
              .order(ByteOrder.LITTLE_ENDIAN)
              .asLongBuffer();
      while (words.hasRemaining()) {
        words.put(random.nextLong());
      }
      MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, bytes, arena);
      Files.delete(file);
      return mapped;
    }
  }

  private static void times(
      Kernels kernels, long[] x, int rows, Shape shape, MemorySegment weights, long[] out) {
    Arrays.fill(out, 0);
    kernels.multiplyPanels(
        x, 0, rows, shape.inner(), weights, 0, shape.cols() / 32, out, 0, shape.cols());
  }

  /** The same with panels shared out among threads. */
  private static void spread(
      ExecutorService pool,
      int threads,
      Kernels kernels,
      long[] x,
      int rows,
      Shape shape,
      MemorySegment weights)
      throws Exception {
    long[] out = new long[rows * shape.cols()];
    int panels = shape.cols() / 32;
    List<Callable<Boolean>> tasks = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int from = panels * t / threads;
      int to = panels * (t + 1) / threads;
      long at = 8L * 32 * shape.inner() * from;
      tasks.add(
          () -> {
            kernels.multiplyPanels(
                x, 0, rows, shape.inner(), weights, at, to - from, out, 32 * from, shape.cols());
            return true;
          });
    }
    for (Future<Boolean> done : pool.invokeAll(tasks)) {
      done.get();
    }
  }

  private interface Run {
    void run() throws Exception;
  }

  private static double once(Run run) throws Exception {
    long start = System.nanoTime();
    run.run();
    return (System.nanoTime() - start) / 1e6;
  }

  /** Of at least five and up to 50 runs, for about a second, after a run that is not counted. */
  private static double median(Run run) throws Exception {
    run.run();
    double[] times = new double[50];
    int n = 0;
    long end = System.nanoTime() + 1_000_000_000L;
    while (n < 5 || (n < times.length && System.nanoTime() < end)) {
      times[n++] = once(run);
    }
    Arrays.sort(times, 0, n);
    return times[n / 2];
  }

  private static void check(long[] expected, long[] out, String what) {
    if (!Arrays.equals(expected, out)) {
      throw new IllegalStateException("differs: " + what);
    }
  }

  private static void say(String what, String who, double millis) {
    System.out.printf("%-20s %-16s %10.3f ms%n", what, who, millis);
  }
}
