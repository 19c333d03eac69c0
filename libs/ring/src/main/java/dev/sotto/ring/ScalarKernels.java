package dev.sotto.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Plain loops: what the other providers are compared with, and what runs where the JVM was started
 * without the Vector API.
 */
public final class ScalarKernels implements Kernels {
  static final ValueLayout.OfLong LITTLE =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The provider; it has no state. */
  public ScalarKernels() {}

  @Override
  public String name() {
    return "scalar";
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
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < inner; i++) {
        long xi = x[xFrom + r * inner + i];
        int c = outFrom + r * outStride;
        long at = panelAt + 8L * PANEL * i;
        for (int j = 0; j < PANEL; j++) {
          out[c + j] += xi * panel.get(LITTLE, at + 8L * j);
        }
      }
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
    MemorySegment words = MemorySegment.ofArray(panel);
    narrow(x, xFrom, rows, inner, words, 0, out, outFrom, outStride);
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
    narrow(x, xFrom, rows, inner, panel, panelAt, out, outFrom, outStride);
  }

  private static void narrow(
      int[] x,
      int xFrom,
      int rows,
      int inner,
      MemorySegment panel,
      long at,
      int[] out,
      int outFrom,
      int outStride) {
    for (int r = 0; r < rows; r++) {
      int c = outFrom + r * outStride;
      for (int i = 0; i < inner; i++) {
        int w = x[xFrom + r * inner + i];
        for (int j = 0; j < NARROW_PANEL; j++) {
          out[c + j] += w * panel.get(INT, at + 4L * ((long) NARROW_PANEL * i + j));
        }
      }
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
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < inner; i++) {
        long w = a[aFrom + r * aStride + i];
        for (int j = 0; j < cols; j++) {
          c[cFrom + r * cStride + j] += w * b[bFrom + i * bStride + j];
        }
      }
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
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < cols; j++) {
        long sum = 0;
        for (int i = 0; i < inner; i++) {
          sum += a[aFrom + r * aStride + i] * b[bFrom + j * bStride + i];
        }
        c[cFrom + r * cStride + j] += sum;
      }
    }
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
    sum(chosen, from, stride, rows, entries, width, table, at, out);
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
    MemorySegment bytes = MemorySegment.ofArray(table);
    sum(chosen, from, stride, rows, entries, width, bytes, 0, out);
  }

  private static void sum(
      long[] chosen,
      int from,
      int stride,
      int rows,
      int entries,
      int width,
      MemorySegment table,
      long at,
      int[] out) {
    for (int r = 0; r < rows; r++) {
      for (int e = 0; e < entries; e++) {
        int bit = (int) (chosen[from + r * stride] >>> e) & 1;
        for (int i = 0; i < width; i++) {
          out[r * width + i] += bit * table.get(INT, at + 4L * ((long) e * width + i));
        }
      }
    }
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
    products(x, xFrom, rows, width, table, at, entries, out, outFrom, outStride);
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
    MemorySegment words = MemorySegment.ofArray(table);
    products(x, xFrom, rows, width, words, 0, entries, out, outFrom, outStride);
  }

  private static void products(
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
    for (int r = 0; r < rows; r++) {
      for (int e = 0; e < entries; e++) {
        int sum = 0;
        for (int i = 0; i < width; i++) {
          sum += x[xFrom + r * width + i] * table.get(INT, at + 4L * ((long) e * width + i));
        }
        out[outFrom + r * outStride + e] += sum;
      }
    }
  }

  @Override
  public void lookUp(long[] bits, int[] index, int rows, LookUpTable table, long[][] out) {
    Extent.lookUp(bits, index, rows, table, out);
    for (int o = 0; o < table.outputs(); o++) {
      for (int n = 0; n < rows; n++) {
        out[o][n] = lookUpRow(bits, n * table.wordsPerRow(), index[n], table, o);
      }
    }
  }

  /** One sum. The bit becomes a mask, never a branch: it is a secret share. */
  static long lookUpRow(long[] bits, int at, int index, LookUpTable table, int output) {
    int start = table.start(index);
    long sum = 0;
    if (table.narrowWords()) {
      int[] run = table.narrow()[output];
      for (int j = 0; j < table.positions(); j++) {
        sum += run[start + j] & -(bits[at + (j >> 6)] >>> j & 1);
      }
    } else {
      long[] run = table.wide()[output];
      for (int j = 0; j < table.positions(); j++) {
        sum += run[start + j] & -(bits[at + (j >> 6)] >>> j & 1);
      }
    }
    return sum & Words.mask(table.bits());
  }

  @Override
  public void xorWhere(long low, long high, long word, long[] out, int outFrom) {
    Operands.where(out, outFrom);
    for (int i = 0; i < Long.SIZE; i++) {
      out[outFrom + i] ^= word & -(low >>> i & 1);
      out[outFrom + Long.SIZE + i] ^= word & -(high >>> i & 1);
    }
  }
}
