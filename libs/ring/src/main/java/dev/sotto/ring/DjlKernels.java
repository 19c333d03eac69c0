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
public final class DjlKernels extends HostedKernels {
  private final NDManager manager;

  private DjlKernels(NDManager manager, Kernels others) {
    super(others);
    this.manager = manager;
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
