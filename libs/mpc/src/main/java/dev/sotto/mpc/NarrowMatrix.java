package dev.sotto.mpc;

import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
  private final Role role;
  private final @Nullable MemorySegment stored;
  private final byte @Nullable [] seed0;
  private final byte @Nullable [] seed1;
  private final @Nullable Prg pad0;
  private final @Nullable Prg pad1;
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
    if (role.evaluates() != (stored != null)
        || (role != Role.EVALUATOR_1) != (seed0 != null)
        || (role != Role.EVALUATOR_0) != (seed1 != null)) {
      throw new IllegalArgumentException(
          "matrix " + name + ": these parts do not belong to " + role);
    }
    if (stored != null && stored.byteSize() != bytes(inner) * panels(cols)) {
      throw new IllegalArgumentException("matrix " + name + " has the wrong length");
    }
    this.name = name;
    this.id = id;
    this.inner = inner;
    this.cols = cols;
    this.role = role;
    this.stored = stored;
    this.seed0 = seed0;
    this.seed1 = seed1;
    this.pad0 = seed0 == null ? null : new Prg(seed0);
    this.pad1 = seed1 == null ? null : new Prg(seed1);
    this.tile = new byte[Math.toIntExact(bytes(inner))];
  }

  @Override
  public NarrowMatrix reader() {
    return new NarrowMatrix(name, id, inner, cols, role, stored, seed0, seed1);
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
    MemorySegment words = held(stored); // refuses the dealer, which has no masked rows to multiply
    int[] x = narrow(m);
    int[] out = new int[rows * stride()];
    boolean first = role == Role.EVALUATOR_0;
    for (int p = 0; p < panels(cols); p++) {
      if (rows > 1) {
        if (first) {
          loadStored(p);
        } else {
          loadPad(held(pad1), p);
        }
        multiplyTile(kernels, x, rows, p, out);
      } else if (first) {
        long at = bytes(inner) * p;
        kernels.multiplyNarrow(x, 0, 1, inner, words, at, out, p * PANEL, stride());
      } else {
        kernels.multiplyNarrowStream(x, 0, inner, held(pad1), id, p, out, p * PANEL);
      }
    }
    return wide(out, first ? 1 : -1);
  }

  @Override
  public long[] timesMask(Kernels kernels, long[] lambda, int rows) {
    int[] x = narrow(lambda);
    int[] out = new int[rows * stride()];
    for (int p = 0; p < panels(cols); p++) {
      if (role == Role.DEALER) {
        loadPad(held(pad1), p);
      } else {
        loadStored(p);
      }
      if (role != Role.EVALUATOR_1) { // whose stored words are m_W already
        held(pad0).addNarrow(id, p, tile, inner * PANEL);
      }
      multiplyTile(kernels, x, rows, p, out);
    }
    return wide(out, 1);
  }

  private void loadStored(int panel) {
    MemorySegment words = held(stored);
    long at = bytes(inner) * panel;
    MemorySegment.copy(words, ValueLayout.JAVA_BYTE, at, tile, 0, tile.length);
  }

  private void loadPad(Prg pad, int panel) {
    pad.bytes(id, panel, 0, tile, 0, tile.length);
  }

  private void multiplyTile(Kernels kernels, int[] x, int rows, int panel, int[] out) {
    kernels.multiplyNarrow(x, 0, rows, inner, tile, out, panel * PANEL, stride());
  }

  private static int[] narrow(long[] words) {
    int[] out = new int[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) words[i];
    }
    return out;
  }

  private static long[] wide(int[] words, int sign) {
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (long) sign * words[i];
    }
    return out;
  }

  private <T> T held(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException(role + " does not hold this part of " + name);
    }
    return part;
  }

  @Override
  public String toString() {
    return "NarrowMatrix[" + name + ", " + inner + " × " + cols + ", " + role + "]";
  }
}
