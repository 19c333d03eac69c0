package dev.sotto.mpc;

import dev.sotto.ring.Kernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SecretTable} as the {@link SecretMatrix} that its rows are the columns of, [width,
 * entries], in words of 32 bits: what tokens are looked up in is what logits are products with, one
 * copy in memory (protocol.md, Input and output). Masks are fixed masks of fixed values, so two
 * uses of them tell no more than one. Not thread-safe.
 */
public final class TableMatrix implements SecretMatrix {
  private static final int PANEL = Kernels.GROUP;

  private final String name;
  private final long id;
  private final int width;
  private final int entries;
  private final SecretPart part;
  private final byte[] tile;

  /**
   * One role's part.
   *
   * @param stored the evaluator's mapped words, little-endian; null at the dealer
   * @param seed0 w0, 16 bytes, at the dealer and evaluator-0
   * @param seed1 w1, 16 bytes, at the dealer and evaluator-1
   */
  public TableMatrix(
      String name,
      long id,
      int entries,
      int width,
      Role role,
      @Nullable MemorySegment stored,
      byte @Nullable [] seed0,
      byte @Nullable [] seed1) {
    this(
        name,
        id,
        entries,
        width,
        new SecretPart(
            "table " + name, role, stored, seed0, seed1, bytes(width) * panels(entries)));
  }

  private TableMatrix(String name, long id, int entries, int width, SecretPart part) {
    this.name = name;
    this.id = id;
    this.width = width;
    this.entries = entries;
    this.part = part;
    this.tile = new byte[Math.toIntExact(bytes(width))];
  }

  @Override
  public TableMatrix reader() {
    return new TableMatrix(name, id, entries, width, part.again());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int inner() {
    return width;
  }

  @Override
  public int cols() {
    return entries;
  }

  @Override
  public int stride() {
    return panels(entries) * PANEL;
  }

  @Override
  public int ring() {
    return Integer.SIZE;
  }

  private static int panels(int entries) {
    return Math.ceilDiv(entries, PANEL);
  }

  /** Bytes of a group. */
  private static long bytes(int width) {
    return (long) Integer.BYTES * PANEL * width;
  }

  @Override
  public long[] timesOnline(Kernels kernels, long[] m, int rows) {
    MemorySegment words = part.stored(); // refuses the dealer, which has no masked rows to multiply
    int[] x = NarrowWords.of(m);
    int[] out = new int[rows * stride()];
    boolean first = part.role() == Role.EVALUATOR_0;
    for (int p = 0; p < panels(entries); p++) {
      if (first) {
        kernels.multiplyRows(
            x, 0, rows, width, words, bytes(width) * p, count(p), out, p * PANEL, stride());
      } else {
        part.loadPad1(id, p, tile);
        multiplyTile(kernels, x, rows, p, out);
      }
    }
    return NarrowWords.widened(out, first ? 1 : -1);
  }

  @Override
  public long[] timesMask(Kernels kernels, long[] lambda, int rows) {
    int[] x = NarrowWords.of(lambda);
    int[] out = new int[rows * stride()];
    for (int p = 0; p < panels(entries); p++) {
      part.loadMask(id, p, tile);
      multiplyTile(kernels, x, rows, p, out);
    }
    return NarrowWords.widened(out, 1);
  }

  /** Entries of a group. */
  private int count(int group) {
    return Math.min(PANEL, entries - group * PANEL);
  }

  private void multiplyTile(Kernels kernels, int[] x, int rows, int group, int[] out) {
    int to = group * PANEL;
    kernels.multiplyRows(x, 0, rows, width, tile, count(group), out, to, stride());
  }

  @Override
  public String toString() {
    return "TableMatrix[" + name + ", " + width + " × " + entries + ", " + part.role() + "]";
  }
}
