package dev.sotto.mpc;

import dev.sotto.ring.Kernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SecretMatrix} in words of 32 bits, in panels of {@value Kernels#NARROW_PANEL} columns:
 * half of the bytes to read, to make and to hold, for products that need no wider ring. Stored is
 * one matrix per evaluator, W + P1 at evaluator-0 and m_W at evaluator-1. Not thread-safe.
 */
public final class NarrowMatrix implements SecretMatrix {
  private static final int PANEL = Kernels.NARROW_PANEL;

  private final String name;
  private final long id;
  private final int inner;
  private final int cols;
  private final SecretPart part;
  private final byte[] tile;

  /**
   * One role's part.
   *
   * @param stored the evaluator's mapped words in panels, little-endian; null at the dealer
   * @param seed0 w0, 16 bytes, at the dealer and evaluator-0
   * @param seed1 w1, 16 bytes, at the dealer and evaluator-1
   */
  public NarrowMatrix(
      String name,
      long id,
      int inner,
      int cols,
      Role role,
      @Nullable MemorySegment stored,
      byte @Nullable [] seed0,
      byte @Nullable [] seed1) {
    this(
        name,
        id,
        inner,
        cols,
        new SecretPart("matrix " + name, role, stored, seed0, seed1, bytes(inner) * panels(cols)));
  }

  private NarrowMatrix(String name, long id, int inner, int cols, SecretPart part) {
    this.name = name;
    this.id = id;
    this.inner = inner;
    this.cols = cols;
    this.part = part;
    this.tile = new byte[Math.toIntExact(bytes(inner))];
  }

  @Override
  public NarrowMatrix reader() {
    return new NarrowMatrix(name, id, inner, cols, part.again());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int inner() {
    return inner;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public int stride() {
    return panels(cols) * PANEL;
  }

  @Override
  public int ring() {
    return Integer.SIZE;
  }

  private static int panels(int cols) {
    return Math.ceilDiv(cols, PANEL);
  }

  /** Bytes of a panel. */
  private static long bytes(int inner) {
    return (long) Integer.BYTES * PANEL * inner;
  }

  @Override
  public long[] timesOnline(Kernels kernels, long[] m, int rows) {
    MemorySegment words = part.stored(); // refuses the dealer, which has no masked rows to multiply
    int[] x = NarrowWords.of(m);
    int[] out = new int[rows * stride()];
    boolean first = part.role() == Role.EVALUATOR_0;
    for (int p = 0; p < panels(cols); p++) {
      if (rows > 1) {
        if (first) {
          part.loadStored(p, tile);
        } else {
          part.loadPad1(id, p, tile);
        }
        multiplyTile(kernels, x, rows, p, out);
      } else if (first) {
        long at = bytes(inner) * p;
        kernels.multiplyNarrow(x, 0, 1, inner, words, at, out, p * PANEL, stride());
      } else {
        kernels.multiplyNarrowStream(x, 0, inner, part.pad1(), id, p, out, p * PANEL);
      }
    }
    return NarrowWords.widened(out, first ? 1 : -1);
  }

  @Override
  public long[] timesMask(Kernels kernels, long[] lambda, int rows) {
    int[] x = NarrowWords.of(lambda);
    int[] out = new int[rows * stride()];
    for (int p = 0; p < panels(cols); p++) {
      part.loadMask(id, p, tile);
      multiplyTile(kernels, x, rows, p, out);
    }
    return NarrowWords.widened(out, 1);
  }

  private void multiplyTile(Kernels kernels, int[] x, int rows, int panel, int[] out) {
    kernels.multiplyNarrow(x, 0, rows, inner, tile, out, panel * PANEL, stride());
  }

  @Override
  public String toString() {
    return "NarrowMatrix[" + name + ", " + inner + " × " + cols + ", " + part.role() + "]";
  }
}
