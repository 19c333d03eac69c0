package dev.sotto.ring;

import java.lang.foreign.MemorySegment;

/** What every provider checks before it starts: shapes only, never values. */
final class Operands {
  private Operands() {}

  static void panel(
      long[] x,
      int xFrom,
      int rows,
      int inner,
      MemorySegment panel,
      long panelAt,
      long[] out,
      int outFrom,
      int outStride) {
    Extent.count("rows", rows);
    Extent.count("inner", inner);
    Extent.rows("x", x.length, xFrom, rows, inner, inner);
    Extent.nativePanels(panel, panelAt, inner);
    Extent.results("out", out.length, outFrom, rows, outStride, Kernels.PANEL);
  }

  static void panels(
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
    Extent.count("rows", rows);
    Extent.count("inner", inner);
    Extent.count("count", count);
    Extent.rows("x", x.length, xFrom, rows, inner, inner);
    Extent.nativePanels(panels, panelsAt, (long) inner * count);
    Extent.results("out", out.length, outFrom, rows, outStride, Extent.columns(count));
  }

  static void stream(long[] x, int xFrom, int inner, long[] out, int outFrom) {
    Extent.count("inner", inner);
    Extent.rows("x", x.length, xFrom, 1, inner, inner);
    Extent.results("out", out.length, outFrom, 1, Kernels.PANEL, Kernels.PANEL);
  }

  static void narrow(
      int[] x, int xFrom, int rows, int inner, int[] out, int outFrom, int outStride) {
    Extent.count("rows", rows);
    Extent.count("inner", inner);
    Extent.rows("x", x.length, xFrom, rows, inner, inner);
    Extent.results("out", out.length, outFrom, rows, outStride, Kernels.NARROW_PANEL);
  }

  static void rows(
      int[] x, int xFrom, int rows, int width, int entries, int[] out, int outFrom, int stride) {
    Extent.count("rows", rows);
    Extent.count("entries", entries);
    Extent.count("width", width);
    Extent.rows("x", x.length, xFrom, rows, width, width);
    Extent.results("out", out.length, outFrom, rows, stride, entries);
  }

  /** Of {@link Kernels#sumChosen}. */
  static void sums(
      long[] chosen, int from, int stride, int rows, int entries, int width, int[] out) {
    Extent.count("rows", rows);
    Extent.count("entries", entries);
    Extent.count("width", width);
    if (entries > Kernels.GROUP) {
      throw new IllegalArgumentException(
          "entries: a word chooses among %d at most, not %d".formatted(Kernels.GROUP, entries));
    }
    Extent.rows("chosen", chosen.length, from, rows, stride, 1);
    Extent.results("out", out.length, 0, rows, width, width);
  }

  static void where(long[] out, int outFrom) {
    Extent.results("out", out.length, outFrom, 1, Kernels.CHOSEN, Kernels.CHOSEN);
  }

  static void product(
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
    counts(rows, inner, cols);
    Extent.rows("a", a.length, aFrom, rows, aStride, inner);
    Extent.rows("b", b.length, bFrom, inner, bStride, cols);
    Extent.results("c", c.length, cFrom, rows, cStride, cols);
  }

  static void transposed(
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
    counts(rows, inner, cols);
    Extent.rows("a", a.length, aFrom, rows, aStride, inner);
    Extent.rows("b", b.length, bFrom, cols, bStride, inner);
    Extent.results("c", c.length, cFrom, rows, cStride, cols);
  }

  private static void counts(int rows, int inner, int cols) {
    Extent.count("rows", rows);
    Extent.count("inner", inner);
    Extent.count("cols", cols);
  }
}
