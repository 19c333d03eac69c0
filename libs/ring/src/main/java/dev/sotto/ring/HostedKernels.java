package dev.sotto.ring;

import java.lang.foreign.MemorySegment;

/**
 * A provider that computes products of 64-bit words in a way of its own, and leaves all else to
 * another: look-ups, streams, words of 32 bits.
 */
abstract class HostedKernels implements Kernels {
  /** Who does the rest. */
  final Kernels host;

  HostedKernels(Kernels host) {
    this.host = host;
  }

  @Override
  public void multiplyStream(
      long[] x, int xFrom, int inner, Prg source, long domain, int index, long[] out, int outFrom) {
    host.multiplyStream(x, xFrom, inner, source, domain, index, out, outFrom);
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
    host.sumChosen(chosen, from, stride, rows, entries, width, table, at, out);
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
    host.sumChosen(chosen, from, stride, rows, entries, width, table, out);
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
    host.multiplyNarrow(x, xFrom, rows, inner, panel, out, outFrom, outStride);
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
    host.multiplyNarrow(x, xFrom, rows, inner, panel, panelAt, out, outFrom, outStride);
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
    host.multiplyRows(x, xFrom, rows, width, table, at, entries, out, outFrom, outStride);
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
    host.multiplyRows(x, xFrom, rows, width, table, entries, out, outFrom, outStride);
  }

  @Override
  public void lookUp(long[] bits, int[] index, int rows, LookUpTable table, long[][] out) {
    host.lookUp(bits, index, rows, table, out);
  }

  @Override
  public void xorWhere(long low, long high, long word, long[] out, int outFrom) {
    host.xorWhere(low, high, word, out, outFrom);
  }
}
