package dev.sotto.ring;

import static dev.sotto.ring.Pytorch.add;
import static dev.sotto.ring.Pytorch.matrix;
import static dev.sotto.ring.Pytorch.words;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;

/**
 * Products by PyTorch's int64 tensors through DJL, which wrap mod 2^64 as the ring does. Look-ups
 * and sums of 32-bit rows, bound by memory, are left to the provider given to {@link #open}.
 * PyTorch brings its own threads; operands in arrays are copied, panels in native memory are not.
 * Nothing of PyTorch's memory outlives a call.
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
    return new DjlKernels(Pytorch.manager("djl", Device.cpu()), others);
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
      add(left.matMul(panel(scope, panel, panelAt, inner)), out, outFrom, outStride, rows, PANEL);
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
  public void multiplyStream(
      long[] x, int xFrom, int inner, Prg source, long domain, int index, long[] out, int outFrom) {
    others.multiplyStream(x, xFrom, inner, source, domain, index, out, outFrom);
  }

  @Override
  public void multiplyNarrow(
      int[] x,
      int xFrom,
      int rows,
      int inner,
      byte[] panel,
      int[] out,
      int outFrom,
      int outStride) {
    others.multiplyNarrow(x, xFrom, rows, inner, panel, out, outFrom, outStride);
  }

  @Override
  public void multiplyNarrow(
      int[] x,
      int xFrom,
      int rows,
      int inner,
      MemorySegment panel,
      long panelAt,
      int[] out,
      int outFrom,
      int outStride) {
    others.multiplyNarrow(x, xFrom, rows, inner, panel, panelAt, out, outFrom, outStride);
  }

  @Override
  public void lookUp(long[] bits, int[] index, int rows, LookUpTable table, long[][] out) {
    others.lookUp(bits, index, rows, table, out);
  }

  /** [inner, 32] of native memory, in place. */
  private static NDArray panel(NDManager scope, MemorySegment panel, long at, int inner) {
    long bytes = 8L * PANEL * inner;
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "panel: 'djl' takes panels of less than 2 GiB, this one has " + bytes + " bytes");
    }
    return words(scope, panel, at, new Shape(inner, PANEL));
  }
}
