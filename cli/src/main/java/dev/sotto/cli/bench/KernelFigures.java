package dev.sotto.cli.bench;

import dev.sotto.ring.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** The two kernels that a step's time hangs on, on one core. */
final class KernelFigures implements Measurement {
  private static final int ROWS = 128;
  private static final int INNER = 576;
  private static final int PANELS = 96; // 3,072 columns: gate and up of the smallest known model
  private static final long WEIGHT_BYTES = 256L << 20; // many times the caches
  private static final double MACS_DUE = 15e9;
  private static final double BANDWIDTH_DUE = 0.75;

  @Override
  public List<Entry> entries() {
    return List.of(
        new Entry(
            "kernel.matmul64",
            "multiply-adds a second: 128 × 576 times 576 × 3,072, one core; limit:"
                + " limit.ring64_mac.one_core; to be at least 15e9"),
        new Entry(
            "kernel.matvec64",
            "bytes of weights a second: one row times 576 × 58,240 from native memory, one core;"
                + " limit: limit.read_bandwidth; to be at least 0.75 of it"));
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) {
    Kernels kernels = setting.kernels();
    SplittableRandom random = new SplittableRandom(setting.seed());
    Figure product = Figure.of("kernel.matmul64", product(kernels, random, setting.runs()), "1/s");
    double limit = setting.limits().multiplyAddsOfOneCore();
    figures.accept(
        new Figure(
            product.name(),
            product.value(),
            product.unit(),
            product.spread(),
            limit,
            product.value() >= MACS_DUE));
    figures.accept(
        Figure.of("kernel.matvec64", stream(kernels, random, setting.runs()), "B/s")
            .of(setting.limits().readBandwidth(), BANDWIDTH_DUE));
  }

  private static Runs product(Kernels kernels, SplittableRandom random, int runs) {
    long[] x = random.longs((long) ROWS * INNER).toArray(); // [rows, inner]
    long[] w = random.longs((long) PANELS * INNER * Kernels.PANEL).toArray();
    int stride = PANELS * Kernels.PANEL;
    long[] out = new long[ROWS * stride];
    double macs = (double) ROWS * INNER * stride;
    return Repeat.rates(
        runs,
        macs,
        () -> {
          for (int p = 0; p < PANELS; p++) {
            kernels.multiplyPanel(
                x, 0, ROWS, INNER, w, p * INNER * Kernels.PANEL, out, p * Kernels.PANEL, stride);
          }
        });
  }

  private static Runs stream(Kernels kernels, SplittableRandom random, int runs) {
    long panelBytes = 8L * INNER * Kernels.PANEL;
    int panels = (int) (WEIGHT_BYTES / panelBytes);
    long[] x = random.longs(INNER).toArray();
    long[] out = new long[panels * Kernels.PANEL];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = arena.allocate(panels * panelBytes, 4096);
      w.fill((byte) 0x35); // untouched pages would all be one page of zeros
      return Repeat.rates(
          runs,
          (double) panels * panelBytes,
          () -> {
            for (int p = 0; p < panels; p++) {
              kernels.multiplyPanel(
                  x, 0, 1, INNER, w, p * panelBytes, out, p * Kernels.PANEL, out.length);
            }
          });
    }
  }
}
