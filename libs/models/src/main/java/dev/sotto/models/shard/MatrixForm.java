package dev.sotto.models.shard;

import dev.sotto.ring.Kernels;

/** How a matrix's words are laid out, and how wide they are. A panel is a range of columns. */
public enum MatrixForm {
  /** For products with its rows: panels of 32 columns, row by row, in words of 64 bits. */
  PANELS("panels", Kernels.PANEL, Long.BYTES, ShardHeader.WEIGHT_FRACTION_BITS),

  /** For products in a ring of 32 bits: panels of 64 columns, row by row, in such words. */
  NARROW_PANELS("narrow-panels", Kernels.NARROW_PANEL, Integer.BYTES, 13),

  /**
   * For picking columns, and for products with them: panels of 64 columns, column by column, in
   * words of 32 bits.
   */
  COLUMNS("columns", Kernels.GROUP, Integer.BYTES, 14);

  private final String label;
  private final int columns;
  private final int wordBytes;
  private final int fractionBits;

  MatrixForm(String label, int columns, int wordBytes, int fractionBits) {
    this.label = label;
    this.columns = columns;
    this.wordBytes = wordBytes;
    this.fractionBits = fractionBits;
  }

  /** As headers spell it. */
  String label() {
    return label;
  }

  static MatrixForm of(String label) {
    for (MatrixForm form : values()) {
      if (form.label.equals(label)) {
        return form;
      }
    }
    throw new ShardException("header.matrices: form must be panels, narrow-panels or columns");
  }

  /** Columns of a panel. */
  public int columns() {
    return columns;
  }

  /** Bytes of a word; the ring has as many bits. */
  public int wordBytes() {
    return wordBytes;
  }

  /** Fraction bits of a weight. */
  public int fractionBits() {
    return fractionBits;
  }

  /** Whether a panel's lines are its rows; else they are its columns. */
  boolean byRows() {
    return this != COLUMNS;
  }

  /**
   * Whole bits that a weight may have so that its words keep to the middle half of their ring: what
   * is picked is extended to a larger ring, and outside of that half it would wrap.
   */
  int wholeBits() {
    return 8 * wordBytes - 2 - fractionBits;
  }
}
