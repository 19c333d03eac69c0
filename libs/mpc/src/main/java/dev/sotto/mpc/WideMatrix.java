package dev.sotto.mpc;

import dev.sotto.ring.Kernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SecretMatrix} in words of 64 bits, in panels of {@value Kernels#PANEL} columns. Stored
 * is one matrix per evaluator: W + P1 = m_W − P0 at evaluator-0, m_W at evaluator-1, nothing at the
 * dealer. Not thread-safe.
 */
public final class WideMatrix implements SecretMatrix {
  private static final int PANEL = Kernels.PANEL;

  private final String name;
  private final long id;
  private final int inner;
  private final int cols;
  private final SecretPart part;
  private final long[] tile;

  /**
   * One role's part.
   *
   * @param stored the evaluator's mapped words in panels, little-endian; null at the dealer
   * @param seed0 w0, 16 bytes, at the dealer and evaluator-0
   * @param seed1 w1, 16 bytes, at the dealer and evaluator-1
   */
  public WideMatrix(
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
        new SecretPart(
            "matrix " + name, role, stored, seed0, seed1, 8L * inner * PANEL * panels(cols)));
  }

  private WideMatrix(String name, long id, int inner, int cols, SecretPart part) {
    this.name = name;
    this.id = id;
    this.inner = inner;
    this.cols = cols;
    this.part = part;
    this.tile = new long[inner * PANEL];
  }

  @Override
  public WideMatrix reader() {
    return new WideMatrix(name, id, inner, cols, part.again());
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
  public int ring() {
    return Long.SIZE;
  }

  private static int panels(int cols) {
    return (cols + PANEL - 1) / PANEL;
  }

  @Override
  public int stride() {
    return panels(cols) * PANEL;
  }

  @Override
  public long[] timesOnline(Kernels kernels, long[] m, int rows) {
    MemorySegment words = part.stored(); // refuses the dealer, which has no masked rows to multiply
    long[] out = new long[rows * stride()];
    if (part.role() == Role.EVALUATOR_0) {
      kernels.multiplyPanels(m, 0, rows, inner, words, 0, panels(cols), out, 0, stride());
    } else {
      for (int p = 0; p < panels(cols); p++) {
        if (rows == 1) {
          kernels.multiplyStream(m, 0, inner, part.pad1(), id, p, out, p * PANEL);
        } else {
          part.pad1().words(id, p, 0, tile, 0, tile.length);
          kernels.multiplyPanel(m, 0, rows, inner, tile, 0, out, p * PANEL, stride());
        }
      }
      negate(out);
    }
    return out;
  }

  @Override
  public long[] timesMask(Kernels kernels, long[] lambda, int rows) {
    long[] out = new long[rows * stride()];
    if (part.role() == Role.EVALUATOR_1) {
      kernels.multiplyPanels(
          lambda, 0, rows, inner, part.stored(), 0, panels(cols), out, 0, stride());
      return out;
    }
    for (int p = 0; p < panels(cols); p++) {
      loadMask(p);
      kernels.multiplyPanel(lambda, 0, rows, inner, tile, 0, out, p * PANEL, stride());
    }
    return out;
  }

  /** Puts panel p of m_W (evaluator-0) or of P0 + P1 (dealer) into the tile. */
  private void loadMask(int p) {
    if (part.role() == Role.DEALER) {
      part.pad1().words(id, p, 0, tile, 0, tile.length);
    } else {
      MemorySegment.copy(part.stored(), LITTLE, at(p), tile, 0, tile.length);
    }
    part.pad0().add(id, p, 0, tile, 0, tile.length);
  }

  private static final java.lang.foreign.ValueLayout.OfLong LITTLE =
      java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

  /**
   * Row 0 of W̃_b at an evaluator, of P0 + P1 at the dealer: a matrix of one row is a diagonal.
   * [cols]
   */
  public long[] onlineRow() {
    long[] row = new long[stride()];
    for (int p = 0; p < panels(cols); p++) {
      switch (part.role()) {
        case EVALUATOR_0 -> MemorySegment.copy(part.stored(), LITTLE, at(p), row, p * PANEL, PANEL);
        case EVALUATOR_1 -> {
          part.pad1().words(id, p, 0, tile, 0, PANEL);
          for (int j = 0; j < PANEL; j++) {
            row[p * PANEL + j] = -tile[j];
          }
        }
        case DEALER -> {
          loadMask(p);
          System.arraycopy(tile, 0, row, p * PANEL, PANEL);
        }
      }
    }
    return row;
  }

  /** Row 0 of m_W. [cols] Evaluators. */
  public long[] maskedRow() {
    MemorySegment words = part.stored();
    long[] row = new long[stride()];
    for (int p = 0; p < panels(cols); p++) {
      if (part.role() == Role.EVALUATOR_1) {
        MemorySegment.copy(words, LITTLE, at(p), row, p * PANEL, PANEL);
      } else {
        loadMask(p);
        System.arraycopy(tile, 0, row, p * PANEL, PANEL);
      }
    }
    return row;
  }

  private long at(int panel) {
    return 8L * panel * inner * PANEL;
  }

  private static void negate(long[] a) {
    for (int i = 0; i < a.length; i++) {
      a[i] = -a[i];
    }
  }

  @Override
  public String toString() {
    return "WideMatrix[" + name + ", " + inner + " × " + cols + ", " + part.role() + "]";
  }
}
