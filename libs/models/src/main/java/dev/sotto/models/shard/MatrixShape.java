package dev.sotto.models.shard;

import dev.sotto.ring.Prg;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/**
 * A secret matrix's name, number and shape: [inner, cols], in panels of some columns. The last
 * panel is filled up with columns of zero weight, which are masked like any other. A panel is made
 * of lines: its rows or its columns, as its form says.
 *
 * @param name what it is called, e.g. {@code block.3/qkv}
 * @param id its number, the domain of its pads; unique within a model
 * @param inner length of the row that it multiplies
 * @param cols length of the row that comes out
 * @param form layout and width of its words
 */
public record MatrixShape(String name, long id, int inner, int cols, MatrixForm form) {
  /** A matrix for products. */
  static MatrixShape panels(String name, long id, int inner, int cols) {
    return new MatrixShape(name, id, inner, cols, MatrixForm.PANELS);
  }

  /** Panels, the last one possibly filled up. */
  public int panels() {
    return Math.ceilDiv(cols, form.columns());
  }

  /** Words of one panel. */
  public long panelWords() {
    return (long) inner * form.columns();
  }

  /** Words of all panels. */
  public long words() {
    return Math.multiplyExact(panelWords(), panels());
  }

  /** Bytes of all panels. */
  public long bytes() {
    return Math.multiplyExact(words(), form.wordBytes());
  }

  /** Lines of a panel. */
  int lines() {
    return form.byRows() ? inner : form.columns();
  }

  /** Words of a line. */
  int lineWords() {
    return form.byRows() ? form.columns() : inner;
  }

  /**
   * Writes the pad's words of lines [line, line + lines) of a panel into out[from …]. This is the
   * one definition of where a weight's pad comes from: its word's place in the panel, in words of
   * stream (id, panel). A pad belongs to one weight for ever, so reading it twice is harmless.
   *
   * @param seeded a stream under w0 for P0, under w1 for P1
   */
  public void fillPad(Prg seeded, int panel, int line, int lines, long[] out, int from) {
    long first = (long) line * lineWords();
    int count = lines * lineWords();
    if (form.wordBytes() == Long.BYTES) {
      seeded.words(id, panel, first, out, from, count);
      return;
    }
    byte[] bytes = new byte[count * form.wordBytes()];
    seeded.bytes(id, panel, first * form.wordBytes(), bytes, 0, bytes.length);
    IntBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    for (int i = 0; i < count; i++) {
      out[from + i] = Integer.toUnsignedLong(words.get(i));
    }
  }
}
