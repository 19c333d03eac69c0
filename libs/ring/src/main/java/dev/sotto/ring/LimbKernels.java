package dev.sotto.ring;

import static dev.sotto.ring.Pytorch.add;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.util.cuda.CudaUtils;
import java.lang.foreign.MemorySegment;
import java.lang.management.MemoryUsage;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Products on a CUDA device through DJL's PyTorch, by {@link Limbs}. Panels that are mapped for
 * reading only stay there as limbs, 24 bytes a word, in up to half of the memory that was free when
 * the provider was opened; other operands are brought each time. What does not repay the way there,
 * all look-ups and sums of 32-bit rows, go to the provider given to {@link #open}.
 *
 * <p>Device memory then holds shares of weights and of values, as this process's own memory does;
 * nothing here wipes it. A device serves one role: two roles on one are one owner's.
 */
public final class LimbKernels extends HostedKernels {
  private static final long ROOM_UNTOLD = 4L << 30;
  private static final int STAGING_KEPT = 1 << 26;

  /**
   * How operands are cut, so that neither buffers nor the device's memory run out.
   *
   * @param rows of the left operand at once
   * @param inner of both at once
   * @param cols of the right operand at once, whole panels
   * @param words of a right operand that is mapped at once, if whole panels allow it
   * @param copied of one that is copied from an array
   */
  record Cut(int rows, int inner, int cols, int words, int copied) {
    static final Cut DEFAULT = new Cut(512, 8 * Limbs.PIECE, 1 << 14, 1 << 26, 1 << 23);

    int colsOf(int depth, boolean array) {
      int most = array ? copied : words;
      return Math.max(PANEL, Math.min(cols, most / depth / PANEL * PANEL));
    }
  }

  /**
   * What is worth the way to the device. Only speed depends on it.
   *
   * @param heldWords words of panels that may stay there, at least
   * @param rows rows of a product whose right operand is brought, at least
   * @param work multiply-adds of such a product, at least
   */
  record Worth(long heldWords, int rows, long work) {
    static final Worth DEFAULT = new Worth(1 << 20, 16, 1L << 25);
    static final Worth ALWAYS = new Worth(0, 0, 0);

    boolean broughtFor(int count, long words) {
      return count >= rows && count * words >= work;
    }
  }

  private final NDManager manager;
  private final Limbs limbs;
  private final HeldPanels held;
  private final Cut cut;
  private final Worth worth;
  private final AtomicReference<Pytorch.@Nullable Staging> spare = new AtomicReference<>(null);

  private LimbKernels(NDManager manager, Kernels host, long room, Cut cut, Worth worth) {
    super(host);
    this.manager = manager;
    this.limbs = new Limbs(manager);
    this.held = new HeldPanels(room);
    this.cut = cut;
    this.worth = worth;
  }

  /**
   * Loads PyTorch for CUDA, which takes seconds, and multiplies once at the bounds to see that the
   * device is exact.
   *
   * @param host the provider for what is not worth the way to the device, for look-ups and for sums
   *     of 32-bit rows
   * @throws IllegalStateException if there is no CUDA device, DJL is not set offline or cannot load
   *     its library, or the device rounds; the message says which
   */
  public static LimbKernels open(Kernels host) {
    Device device = Device.gpu();
    NDManager manager = Pytorch.manager("cuda", device);
    LimbKernels kernels = new LimbKernels(manager, host, room(device), Cut.DEFAULT, Worth.DEFAULT);
    kernels.refuseRounding();
    return kernels;
  }

  /** On a device of the caller's choice, with all products there that {@code worth} lets go. */
  static LimbKernels on(Device device, Kernels host, long room, Cut cut, Worth worth) {
    LimbKernels kernels = new LimbKernels(Pytorch.manager("limbs", device), host, room, cut, worth);
    kernels.refuseRounding();
    return kernels;
  }

  /** Half of the device's free memory, where DJL can tell it. */
  private static long room(Device device) {
    try {
      MemoryUsage memory = CudaUtils.getGpuMemory(device);
      return (memory.getMax() - memory.getUsed()) / 2;
    } catch (RuntimeException | LinkageError e) {
      return ROOM_UNTOLD; // CUDA's runtime library lies where only PyTorch finds it
    }
  }

  private void refuseRounding() {
    int inner = 2 * Limbs.PIECE;
    SplittableRandom random = new SplittableRandom(1);
    long[] a = random.longs(3L * inner).toArray();
    long[] b = random.longs(5L * inner).toArray();
    Arrays.fill(a, 0, inner - 1, 1L << 21); // the largest limbs, and an odd sum: it needs 53 bits
    Arrays.fill(b, 0, inner - 1, 1L << 21);
    a[inner - 1] = 1;
    b[inner - 1] = 1;
    long[] there = new long[15];
    long[] here = new long[15];
    stream(Source.rows(a, 0, inner), Source.transposed(b, 0, inner), 3, inner, 5, there, 0, 5);
    host.multiplyTransposed(a, 0, inner, 3, inner, b, 0, inner, 5, here, 0, 5);
    if (!Arrays.equals(there, here)) {
      throw new IllegalStateException(
          "kernels: '"
              + name()
              + "' rounds: PyTorch's float64 products on this device are not exact; choose vector");
    }
  }

  @Override
  public String name() {
    return manager.getDevice().isGpu() ? "cuda" : "limbs";
  }

  /** Runs of panels that stay on the device. */
  int heldRuns() {
    return held.size();
  }

  /** c += left · right, with both brought from here, part by part. */
  private void stream(
      Source left, Source right, int rows, int inner, int cols, long[] c, int from, int stride) {
    Pytorch.Staging staging = lend();
    for (int i = 0; i < inner; i += cut.inner()) {
      int depth = Math.min(cut.inner(), inner - i);
      int width = cut.colsOf(depth, right.array());
      for (int r = 0; r < rows; r += cut.rows()) {
        int height = Math.min(cut.rows(), rows - r);
        try (NDManager lefts = manager.newSubManager()) {
          NDArray[] x = limbs.left(lefts, left.load(lefts, staging, r, height, i, depth));
          for (int j = 0; j < cols; j += width) {
            int part = Math.min(width, cols - j);
            try (NDManager scope = lefts.newSubManager()) {
              NDArray[] w = limbs.right(scope, right.load(scope, staging, i, depth, j, part));
              NDArray product = limbs.product(scope, x, w);
              add(product, c, from + r * stride + j, stride, height, part);
            }
          }
        }
      }
    }
    giveBack(staging);
  }

  /** The buffer that operands go through; limbs no longer need it. A second thread gets its own. */
  private Pytorch.Staging lend() {
    Pytorch.Staging staging = spare.getAndSet(null);
    return staging == null ? new Pytorch.Staging() : staging;
  }

  private void giveBack(Pytorch.Staging staging) {
    if (staging.capacity() <= STAGING_KEPT) {
      spare.set(staging);
    }
  }

  @Override
  public void multiplyPanels(
      long[] x,
      int xFrom,
      int rows,
      int inner,
      MemorySegment panels,
      long panelsAt,
      int count,
      long[] out,
      int outFrom,
      int outStride) {
    Operands.panels(x, xFrom, rows, inner, panels, panelsAt, count, out, outFrom, outStride);
    if (rows == 0 || inner == 0) {
      return;
    }
    int run = cut.colsOf(Math.min(inner, cut.inner()), false) / PANEL;
    for (int p = 0; p < count; p += run) {
      int part = Math.min(run, count - p);
      long words = (long) inner * part * PANEL;
      long at = panelsAt + 8L * PANEL * inner * p;
      int to = outFrom + p * PANEL;
      NDArray[] there = held(panels, at, inner, part, words);
      if (there != null) {
        timesHeld(Source.rows(x, xFrom, inner), rows, inner, there, out, to, outStride);
      } else if (worth.broughtFor(rows, words)) {
        Source right = Source.panels(panels, at, inner);
        stream(Source.rows(x, xFrom, inner), right, rows, inner, part * PANEL, out, to, outStride);
      } else {
        host.multiplyPanels(x, xFrom, rows, inner, panels, at, part, out, to, outStride);
      }
    }
  }

  private NDArray @Nullable [] held(
      MemorySegment panels, long at, int inner, int count, long words) {
    if (inner > cut.inner() || words < worth.heldWords() || !HeldPanels.lasting(panels)) {
      return null;
    }
    HeldPanels.Key key = new HeldPanels.Key(panels.address() + at, inner, count);
    return held.limbs(
        manager,
        panels,
        key,
        scope -> {
          Source.Mapped source = Source.panels(panels, at, inner);
          return limbs.right(scope, source.load(scope, 0, inner, 0, count * PANEL));
        });
  }

  private void timesHeld(
      Source left, int rows, int inner, NDArray[] right, long[] out, int from, int stride) {
    int cols = Math.toIntExact(right[0].getShape().get(2));
    Pytorch.Staging staging = lend();
    for (int r = 0; r < rows; r += cut.rows()) {
      int height = Math.min(cut.rows(), rows - r);
      try (NDManager scope = manager.newSubManager()) {
        NDArray[] x = limbs.left(scope, left.load(scope, staging, r, height, 0, inner));
        add(limbs.product(scope, x, right), out, from + r * stride, stride, height, cols);
      }
    }
    giveBack(staging);
  }

  @Override
  public void multiplyPanel(
      long[] x,
      int xFrom,
      int rows,
      int inner,
      MemorySegment panel,
      long panelAt,
      long[] out,
      int outFrom,
      int outStride) {
    multiplyPanels(x, xFrom, rows, inner, panel, panelAt, 1, out, outFrom, outStride);
  }

  @Override
  public void multiplyPanel(
      long[] x,
      int xFrom,
      int rows,
      int inner,
      long[] panel,
      int panelFrom,
      long[] out,
      int outFrom,
      int outStride) {
    multiply(x, xFrom, inner, rows, inner, panel, panelFrom, PANEL, PANEL, out, outFrom, outStride);
  }

  @Override
  public void multiply(
      long[] a,
      int aFrom,
      int aStride,
      int rows,
      int inner,
      long[] b,
      int bFrom,
      int bStride,
      int cols,
      long[] c,
      int cFrom,
      int cStride) {
    Operands.product(a, aFrom, aStride, rows, inner, b, bFrom, bStride, cols, c, cFrom, cStride);
    if (rows == 0 || inner == 0 || cols == 0) {
      return;
    }
    if (!worth.broughtFor(rows, (long) inner * cols)) {
      host.multiply(a, aFrom, aStride, rows, inner, b, bFrom, bStride, cols, c, cFrom, cStride);
      return;
    }
    stream(
        Source.rows(a, aFrom, aStride),
        Source.rows(b, bFrom, bStride),
        rows,
        inner,
        cols,
        c,
        cFrom,
        cStride);
  }

  @Override
  public void multiplyTransposed(
      long[] a,
      int aFrom,
      int aStride,
      int rows,
      int inner,
      long[] b,
      int bFrom,
      int bStride,
      int cols,
      long[] c,
      int cFrom,
      int cStride) {
    Operands.transposed(a, aFrom, aStride, rows, inner, b, bFrom, bStride, cols, c, cFrom, cStride);
    if (rows == 0 || inner == 0 || cols == 0) {
      return;
    }
    if (!worth.broughtFor(rows, (long) inner * cols)) {
      host.multiplyTransposed(
          a, aFrom, aStride, rows, inner, b, bFrom, bStride, cols, c, cFrom, cStride);
      return;
    }
    Source right = Source.transposed(b, bFrom, bStride);
    stream(Source.rows(a, aFrom, aStride), right, rows, inner, cols, c, cFrom, cStride);
  }
}
