package dev.sotto.ring;

import java.lang.foreign.MemorySegment;

/** The bounds of operands, checked once a call, so that inner loops need no thought of them. */
final class Extent {
  private Extent() {}

  /** A count of rows, columns or words: not negative. */
  static void count(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, was " + value);
    }
  }

  /**
   * {@code rows} rows of {@code width} words, {@code stride} apart, from word {@code from} of an
   * operand of {@code length} words.
   */
  static void rows(String name, int length, int from, int rows, int stride, int width) {
    if (rows == 0 || width == 0) {
      return;
    }
    long end = from + (long) stride * (rows - 1) + width;
    if (from < 0 || stride < 0 || end > length) {
      throw new IllegalArgumentException(
          "%s: %d rows of %d words, %d apart, from word %d, do not lie within its %d words"
              .formatted(name, rows, width, stride, from, length));
    }
  }

  /** Where results go: as {@link #rows}, and no row may touch another. */
  static void results(String name, int length, int from, int rows, int stride, int width) {
    rows(name, length, from, rows, stride, width);
    if (rows > 1 && stride < width) {
      throw new IllegalArgumentException(
          "%s: rows of %d words overlap when they lie %d apart".formatted(name, width, stride));
    }
  }

  /** Columns of {@code count} panels. */
  static int columns(int count) {
    if (count > Integer.MAX_VALUE / Kernels.PANEL) {
      throw new IllegalArgumentException("count: too many panels: " + count);
    }
    return count * Kernels.PANEL;
  }

  /** Panels in native memory, {@code rows} rows of 32 words in all from byte {@code at}. */
  static void nativePanels(MemorySegment panel, long at, long rows) {
    if (!panel.isNative()) {
      throw new IllegalArgumentException(
          "panel: must be native or mapped memory; for an array use the method that takes one");
    }
    long bytes = 8L * Kernels.PANEL * rows;
    if (at < 0 || rows > panel.byteSize() || at > panel.byteSize() - bytes) {
      throw new IllegalArgumentException(
          "panel: %d rows of %d words from byte %d do not lie within its %d bytes"
              .formatted(rows, Kernels.PANEL, at, panel.byteSize()));
    }
  }

  /** A panel of 32-bit words in native memory. */
  static void nativeNarrow(MemorySegment panel, long at, int inner) {
    if (!panel.isNative()) {
      throw new IllegalArgumentException(
          "panel: must be native or mapped memory; for an array use the method that takes one");
    }
    table("panel", panel.byteSize(), at, inner, Kernels.NARROW_PANEL);
  }

  /** A table of 32-bit words in native memory, {@code entries} rows of {@code width}. */
  static void nativeTable(MemorySegment table, long at, int entries, int width) {
    if (!table.isNative()) {
      throw new IllegalArgumentException(
          "table: must be native or mapped memory; for an array use the method that takes one");
    }
    table("table", table.byteSize(), at, entries, width);
  }

  /** The same from byte {@code at} of whatever has {@code length} bytes. */
  static void table(String name, long length, long at, int entries, int width) {
    long bytes = 4L * entries * width;
    if (at < 0 || at > length - bytes) {
      throw new IllegalArgumentException(
          "%s: %d rows of %d 32-bit words from byte %d do not lie within its %d bytes"
              .formatted(name, entries, width, at, length));
    }
  }

  /** The operands of {@link Kernels#lookUp}. */
  static void lookUp(long[] bits, int[] index, int rows, LookUpTable table, long[][] out) {
    count("rows", rows);
    rows("bits", bits.length, 0, rows, table.wordsPerRow(), table.wordsPerRow());
    rows("index", index.length, 0, rows, 1, 1);
    if (out.length < table.outputs()) {
      throw new IllegalArgumentException(
          "out: the table has %d outputs, out has room for %d"
              .formatted(table.outputs(), out.length));
    }
    for (int o = 0; o < table.outputs(); o++) {
      rows("out[" + o + "]", out[o].length, 0, rows, 1, 1);
    }
  }
}
