package dev.sotto.models.shard;

import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;

/**
 * A secret matrix's name, number and shape: [inner, cols], in panels of {@value Kernels#PANEL}
 * columns. The last panel is filled up with columns of zero weight, which are masked like any
 * other.
 *
 * @param name what it is called, e.g. {@code block.3/qkv}
 * @param id its number, the domain of its pads; unique within a model
 * @param inner length of the row that it multiplies
 * @param cols length of the row that comes out
 */
public record MatrixShape(String name, long id, int inner, int cols) {
  /** Panels, the last one possibly filled up. */
  public int panels() {
    return Math.ceilDiv(cols, Kernels.PANEL);
  }

  /** Words of one panel. */
  public long panelWords() {
    return (long) inner * Kernels.PANEL;
  }

  /** Words of all panels. */
  public long words() {
    return Math.multiplyExact(panelWords(), panels());
  }

  /** Bytes of all panels. */
  public long bytes() {
    return Math.multiplyExact(words(), Long.BYTES);
  }

  /**
   * Writes the pad's words of rows [row, row + rows) of a panel into out[from … from + 32·rows).
   * This is the one definition of where a weight's pad comes from: word i·32 + j of stream (id,
   * panel) masks the weight at row i and column 32·panel + j. A pad belongs to one weight for ever,
   * so reading it twice is harmless.
   *
   * @param seeded a stream under w0 for P0, under w1 for P1
   */
  public void fillPad(Prg seeded, int panel, int row, int rows, long[] out, int from) {
    seeded.words(id, panel, (long) row * Kernels.PANEL, out, from, rows * Kernels.PANEL);
  }
}
