package dev.sotto.ring;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.Utils;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Products by PyTorch's int64 tensors through DJL, which wrap mod 2^64 as the ring does. Look-ups
 * and sums of 32-bit rows, bound by memory, are left to the provider given to {@link #open}.
 * PyTorch brings its own threads; operands in arrays are copied, panels in native memory are not.
 * Nothing of PyTorch's memory outlives a call.
 *
 * <p>DJL is configured by system properties, which this library neither reads nor writes. Whoever
 * starts the JVM sets {@code ai.djl.offline=true}: DJL then downloads nothing and sends no
 * telemetry, and {@link #open} refuses to load it otherwise. {@code DJL_CACHE_DIR} names the folder
 * that the native library (450 MB) is unpacked to on first use; without it that is {@code .djl.ai}
 * in the user's home.
 */
public final class DjlKernels implements Kernels {
  private final NDManager manager;
  private final Kernels others;

  private DjlKernels(NDManager manager, Kernels others) {
    this.manager = manager;
    this.others = others;
  }

  /**
   * Loads PyTorch from the class path, which takes seconds.
   *
   * @param others the provider for what is left to it
   * @throws IllegalStateException if DJL is not set offline, or cannot load its library; the
   *     message says what failed
   */
  public static DjlKernels open(Kernels others) {
    if (!Utils.isOfflineMode()) {
      throw new IllegalStateException(
          "kernels: 'djl' needs the system property ai.djl.offline=true: without it DJL downloads"
              + " what it misses and reports its use");
    }
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalStateException("kernels: 'djl' needs a little-endian machine");
    }
    try {
      NDManager manager = Engine.getEngine("PyTorch").newBaseManager(ai.djl.Device.cpu());
      return new DjlKernels(manager, others);
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalStateException(
          "kernels: 'djl' could not load PyTorch from the class path: "
              + cause(e)
              + "; check that the native library for this machine is there and that DJL_CACHE_DIR"
              + " can be written",
          e);
    }
  }

  private static String cause(Throwable e) {
    Throwable deepest = e;
    for (Throwable next = e; next != null; next = next.getCause()) {
      deepest = next; // getCause() ends every chain: a throwable that is its own cause gives null
    }
    return deepest.toString();
  }

  @Override
  public String name() {
    return "djl";
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
    Operands.panel(x, xFrom, rows, inner, panel, panelAt, out, outFrom, outStride);
    if (rows == 0 || inner == 0) {
      return;
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray left = matrix(scope, x, xFrom, inner, rows, inner);
      add(left.matMul(matrix(scope, panel, panelAt, inner)), out, outFrom, outStride, rows, PANEL);
    }
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
    try (NDManager scope = manager.newSubManager()) {
      NDArray left = matrix(scope, a, aFrom, aStride, rows, inner);
      NDArray right = matrix(scope, b, bFrom, bStride, inner, cols);
      add(left.matMul(right), c, cFrom, cStride, rows, cols);
    }
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
    try (NDManager scope = manager.newSubManager()) {
      NDArray left = matrix(scope, a, aFrom, aStride, rows, inner);
      NDArray right = matrix(scope, b, bFrom, bStride, cols, inner).transpose();
      add(left.matMul(right), c, cFrom, cStride, rows, cols);
    }
  }

  @Override
  public void combine(
      int[] y,
      int yFrom,
      int yStride,
      int rows,
      int entries,
      int width,
      MemorySegment table,
      long at,
      int[] out) {
    others.combine(y, yFrom, yStride, rows, entries, width, table, at, out);
  }

  @Override
  public void combine(
      int[] y, int yFrom, int yStride, int rows, int entries, int width, byte[] table, int[] out) {
    others.combine(y, yFrom, yStride, rows, entries, width, table, out);
  }

  @Override
  public void lookUp(long[] bits, int[] index, int rows, LookUpTable table, long[][] out) {
    others.lookUp(bits, index, rows, table, out);
  }

  /** [rows, cols] of an array, copied to memory of PyTorch's. */
  private static NDArray matrix(
      NDManager scope, long[] words, int from, int stride, int rows, int cols) {
    LongBuffer dense;
    if (stride == cols || rows == 1) {
      dense = LongBuffer.wrap(words, from, Math.multiplyExact(rows, cols));
    } else {
      dense = LongBuffer.allocate(Math.multiplyExact(rows, cols));
      for (int r = 0; r < rows; r++) {
        dense.put(words, from + r * stride, cols);
      }
      dense.flip();
    }
    return scope.create(dense, new Shape(rows, cols), DataType.INT64);
  }

  /** [inner, 32] of native memory, in place. */
  private static NDArray matrix(NDManager scope, MemorySegment panel, long at, int inner) {
    long bytes = 8L * PANEL * inner;
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "panel: 'djl' takes panels of less than 2 GiB, this one has " + bytes + " bytes");
    }
    ByteBuffer view = panel.asSlice(at, bytes).asByteBuffer().order(ByteOrder.nativeOrder());
    return scope.create(view, new Shape(inner, PANEL), DataType.INT64);
  }

  private static void add(NDArray product, long[] c, int from, int stride, int rows, int cols) {
    long[] words = product.toLongArray();
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < cols; j++) {
        c[from + r * stride + j] += words[r * cols + j];
      }
    }
  }
}
