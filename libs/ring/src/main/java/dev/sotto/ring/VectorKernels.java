package dev.sotto.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The Vector API provider, at the machine's vector width. Needs a JVM started with {@code
 * --add-modules jdk.incubator.vector}; {@link KernelChoice} falls back to plain loops without it.
 */
public final class VectorKernels implements Kernels {
  /** The provider; it has no state. */
  public VectorKernels() {}

  @Override
  public String name() {
    return "vector";
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
    VectorPanel.multiply(x, xFrom, rows, inner, panel, panelAt, out, outFrom, outStride);
  }

  @Override
  public void multiplyStream(
      long[] x, int xFrom, int inner, Prg source, long domain, int index, long[] out, int outFrom) {
    Operands.stream(x, xFrom, inner, out, outFrom);
    source.open(domain, index);
    for (int i = 0; i < inner; i += VectorStream.ROWS) {
      int rows = Math.min(VectorStream.ROWS, inner - i);
      VectorStream.multiply(x, xFrom + i, rows, source.chunk(rows * PANEL), out, outFrom);
    }
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
    Operands.narrow(x, xFrom, rows, inner, out, outFrom, outStride);
    Extent.table("panel", panel.length, 0, inner, NARROW_PANEL);
    VectorNarrow.array(x, xFrom, rows, inner, panel, out, outFrom, outStride);
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
    Operands.narrow(x, xFrom, rows, inner, out, outFrom, outStride);
    Extent.nativeNarrow(panel, panelAt, inner);
    if (rows == 1) {
      VectorNarrow.mappedRow(x, xFrom, inner, panel, panelAt, out, outFrom);
    } else { // the copy costs one pass, and the product many
      byte[] copy = new byte[4 * NARROW_PANEL * inner];
      MemorySegment.copy(panel, ValueLayout.JAVA_BYTE, panelAt, copy, 0, copy.length);
      VectorNarrow.array(x, xFrom, rows, inner, copy, out, outFrom, outStride);
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
    if (inner > 0) {
      VectorProduct.multiply(
          a, aFrom, aStride, rows, inner, b, bFrom, bStride, cols, c, cFrom, cStride);
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
    VectorDots.multiply(a, aFrom, aStride, rows, inner, b, bFrom, bStride, cols, c, cFrom, cStride);
  }

  @Override
  public void sumChosen(
      long[] chosen,
      int from,
      int stride,
      int rows,
      int entries,
      int width,
      MemorySegment table,
      long at,
      int[] out) {
    Operands.sums(chosen, from, stride, rows, entries, width, out);
    Extent.nativeTable(table, at, entries, width);
    VectorSums.mapped(chosen, from, stride, rows, entries, width, table, at, out);
  }

  @Override
  public void sumChosen(
      long[] chosen,
      int from,
      int stride,
      int rows,
      int entries,
      int width,
      byte[] table,
      int[] out) {
    Operands.sums(chosen, from, stride, rows, entries, width, out);
    Extent.table("table", table.length, 0, entries, width);
    VectorSums.array(chosen, from, stride, rows, entries, width, table, out);
  }

  @Override
  public void multiplyRows(
      int[] x,
      int xFrom,
      int rows,
      int width,
      MemorySegment table,
      long at,
      int entries,
      int[] out,
      int outFrom,
      int outStride) {
    Operands.rows(x, xFrom, rows, width, entries, out, outFrom, outStride);
    Extent.nativeTable(table, at, entries, width);
    VectorRows.mapped(x, xFrom, rows, width, table, at, entries, out, outFrom, outStride);
  }

  @Override
  public void multiplyRows(
      int[] x,
      int xFrom,
      int rows,
      int width,
      byte[] table,
      int entries,
      int[] out,
      int outFrom,
      int outStride) {
    Operands.rows(x, xFrom, rows, width, entries, out, outFrom, outStride);
    Extent.table("table", table.length, 0, entries, width);
    VectorRows.array(x, xFrom, rows, width, table, entries, out, outFrom, outStride);
  }

  @Override
  public void lookUp(long[] bits, int[] index, int rows, LookUpTable table, long[][] out) {
    Extent.lookUp(bits, index, rows, table, out);
    VectorLookUp.sum(bits, index, rows, table, out);
  }

  @Override
  public void xorWhere(long low, long high, long word, long[] out, int outFrom) {
    Operands.where(out, outFrom);
    VectorWhere.xor(low, word, out, outFrom);
    VectorWhere.xor(high, word, out, outFrom + Long.SIZE);
  }
}
