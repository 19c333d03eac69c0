package dev.sotto.ring;

import java.lang.foreign.MemorySegment;

/**
 * The arithmetic that is worth a machine's attention, over Z_2^64 (all results mod 2^64, so exact
 * and independent of order: every provider equals every other bit for bit). Offsets and strides are
 * in words. No method allocates more than scratch, keeps an argument, or branches on a value; but a
 * provider with memory of its own may keep a copy there of panels that are mapped for reading only,
 * whose words must not change while they are mapped. Results are added to what is there (but for
 * look-ups) and may not lie in an operand's array range. A range outside its array or segment is an
 * {@link IllegalArgumentException} that names the operand; nothing has been written then. Providers
 * may be used by many threads at once.
 *
 * <p>Secret matrices are stored in <b>panels</b> of {@value #PANEL} columns: panel p of an [inner,
 * cols] matrix holds columns [32p, 32p + 32) as inner rows of 32 words, so that both a product with
 * one row (bound by memory) and a product with many (bound by arithmetic) read it in order.
 */
public interface Kernels {
  /** Columns of a panel. */
  int PANEL = 32;

  /** Columns of a panel of 32-bit words: a row has as many bytes as one of {@link #PANEL}. */
  int NARROW_PANEL = 64;

  /** Words that {@link #xorWhere} chooses from. */
  int CHOSEN = 128;

  /** Rows of a secret table that are masked by one stream. */
  int GROUP = 64;

  /** The provider's name: {@code scalar}, {@code vector}, {@code djl} or {@code cuda}. */
  String name();

  /**
   * out[r·outStride + outFrom + j] += Σ_i x[xFrom + r·inner + i] · panel[panelFrom + 32i + j], r
   * &lt; rows, j &lt; 32.
   */
  void multiplyPanel(
      long[] x,
      int xFrom,
      int rows,
      int inner,
      long[] panel,
      int panelFrom,
      long[] out,
      int outFrom,
      int outStride);

  /**
   * The same with the panel in native (memory-mapped) memory, little-endian, at byte offset {@code
   * panelAt}.
   */
  void multiplyPanel(
      long[] x,
      int xFrom,
      int rows,
      int inner,
      MemorySegment panel,
      long panelAt,
      long[] out,
      int outFrom,
      int outStride);

  /**
   * The same for {@code count} panels that follow each other in native memory, panel p to columns
   * 32p … of the result: out[r·outStride + outFrom + 32p + j] += …. One call for a whole matrix
   * serves providers that work elsewhere; others go from panel to panel.
   */
  default void multiplyPanels(
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
    long bytes = 8L * PANEL * inner;
    for (int p = 0; p < count; p++) {
      int to = outFrom + p * PANEL;
      multiplyPanel(x, xFrom, rows, inner, panels, panelsAt + p * bytes, out, to, outStride);
    }
  }

  /**
   * {@link #multiplyPanel} of one row with a panel that is the first 32·inner words of stream
   * (domain, index) of {@code source}: made as they are needed, because making a panel whole, and
   * reading it again, takes as long as half of making it.
   */
  default void multiplyStream(
      long[] x, int xFrom, int inner, Prg source, long domain, int index, long[] out, int outFrom) {
    Operands.stream(x, xFrom, inner, out, outFrom);
    long[] panel = new long[Math.multiplyExact(inner, PANEL)];
    source.words(domain, index, 0, panel, 0, panel.length);
    multiplyPanel(x, xFrom, 1, inner, panel, 0, out, outFrom, PANEL);
  }

  /**
   * Over Z_2^32: out[r·outStride + outFrom + j] += Σ_i x[xFrom + r·inner + i] · panel[64i + j], r
   * &lt; rows, j &lt; 64, for a panel of little-endian words from the array's first byte on.
   */
  void multiplyNarrow(
      int[] x, int xFrom, int rows, int inner, byte[] panel, int[] out, int outFrom, int outStride);

  /** The same with the panel in native (memory-mapped) memory, at byte offset {@code panelAt}. */
  void multiplyNarrow(
      int[] x,
      int xFrom,
      int rows,
      int inner,
      MemorySegment panel,
      long panelAt,
      int[] out,
      int outFrom,
      int outStride);

  /**
   * {@link #multiplyNarrow} of one row with a panel that is the first 64·inner 32-bit words of
   * stream (domain, index) of {@code source}: made as they are needed, as by {@link
   * #multiplyStream}.
   */
  default void multiplyNarrowStream(
      int[] x, int xFrom, int inner, Prg source, long domain, int index, int[] out, int outFrom) {
    Operands.narrow(x, xFrom, 1, inner, out, outFrom, NARROW_PANEL);
    source.open(domain, index);
    int most = Prg.CHUNK_WORDS * 2 / NARROW_PANEL; // rows
    for (int i = 0; i < inner; i += most) {
      int rows = Math.min(most, inner - i);
      byte[] chunk = source.chunk(rows * NARROW_PANEL / 2);
      multiplyNarrow(x, xFrom + i, 1, rows, chunk, out, outFrom, NARROW_PANEL);
    }
  }

  /**
   * Sums of a table's rows that bits choose, over Z_2^32: out[r·width + i] += Σ_e bit e of
   * chosen[from + r·stride] · table[e · width + i], r &lt; rows, e &lt; entries ≤ {@value #GROUP},
   * i &lt; width; bits from {@code entries} on choose nothing. The table is little-endian in native
   * (memory-mapped) memory, from byte {@code at} on.
   */
  void sumChosen(
      long[] chosen,
      int from,
      int stride,
      int rows,
      int entries,
      int width,
      MemorySegment table,
      long at,
      int[] out);

  /** The same with the table in an array, from its first byte on. */
  void sumChosen(
      long[] chosen,
      int from,
      int stride,
      int rows,
      int entries,
      int width,
      byte[] table,
      int[] out);

  /**
   * Products with a table's rows over Z_2^32: out[outFrom + r·outStride + e] += Σ_i x[xFrom +
   * r·width + i] · table[e · width + i], r &lt; rows, e &lt; entries. The table is little-endian in
   * native (memory-mapped) memory, from byte {@code at} on.
   */
  void multiplyRows(
      int[] x,
      int xFrom,
      int rows,
      int width,
      MemorySegment table,
      long at,
      int entries,
      int[] out,
      int outFrom,
      int outStride);

  /** The same with the table in an array, from its first byte on. */
  void multiplyRows(
      int[] x,
      int xFrom,
      int rows,
      int width,
      byte[] table,
      int entries,
      int[] out,
      int outFrom,
      int outStride);

  /**
   * c[cFrom + r·cStride + j] += Σ_i a[aFrom + r·aStride + i] · b[bFrom + i·bStride + j], r &lt;
   * rows, i &lt; inner, j &lt; cols.
   */
  void multiply(
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
      int cStride);

  /**
   * c[cFrom + r·cStride + j] += Σ_i a[aFrom + r·aStride + i] · b[bFrom + j·bStride + i]: both
   * operands by rows.
   */
  void multiplyTransposed(
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
      int cStride);

  /**
   * Sums of a public table under secret bits: out[o][n] = Σ_j bit(n, j) · table[(index[n] − j) mod
   * positions][o] for every row n and output o. Row n's bits are words {@code bits[n·wordsPerRow
   * …]}, bit j of the row in word j/64 at j mod 64. With fewer than 64 positions a row takes one
   * word, whose upper bits are ignored. Sums are reduced to the table's {@link LookUpTable#bits()};
   * an index counts modulo the positions.
   */
  void lookUp(long[] bits, int[] index, int rows, LookUpTable table, long[][] out);

  /**
   * out[outFrom + i] ^= {@code word} where bit i is set, i &lt; {@value #CHOSEN}: the first 64 bits
   * are {@code low}'s, least significant first.
   */
  void xorWhere(long low, long high, long word, long[] out, int outFrom);
}
