package dev.sotto.mpc;

import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    if (role.evaluates() != (stored != null)
        || (role != Role.EVALUATOR_1) != (seed0 != null)
        || (role != Role.EVALUATOR_0) != (seed1 != null)) {
      throw new IllegalArgumentException(
          "table " + name + ": these parts do not belong to " + role);
    }
    if (stored != null && stored.byteSize() != bytes(width) * panels(entries)) {
      throw new IllegalArgumentException("table " + name + " has the wrong length");
    }
    this.name = name;
    this.id = id;
    this.width = width;
    this.entries = entries;
    this.role = role;
    this.stored = stored;
    this.seed0 = seed0;
    this.seed1 = seed1;
    this.pad0 = seed0 == null ? null : new Prg(seed0);
    this.pad1 = seed1 == null ? null : new Prg(seed1);
    this.tile = new byte[Math.toIntExact(bytes(width))];
  }

  @Override
  public TableMatrix reader() {
    return new TableMatrix(name, id, entries, width, role, stored, seed0, seed1);
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
    MemorySegment words = held(stored); // refuses the dealer, which has no masked rows to multiply
    int[] x = narrow(m);
    int[] out = new int[rows * stride()];
    boolean first = role == Role.EVALUATOR_0;
    for (int p = 0; p < panels(entries); p++) {
      if (first) {
        kernels.multiplyRows(
            x, 0, rows, width, words, bytes(width) * p, count(p), out, p * PANEL, stride());
      } else {
        loadPad(held(pad1), p);
        multiplyTile(kernels, x, rows, p, out);
      }
    }
    return wide(out, first ? 1 : -1);
  }

  @Override
  public long[] timesMask(Kernels kernels, long[] lambda, int rows) {
    int[] x = narrow(lambda);
    int[] out = new int[rows * stride()];
    for (int p = 0; p < panels(entries); p++) {
      if (role == Role.DEALER) {
        loadPad(held(pad1), p);
      } else {
        loadStored(p);
      }
      if (role != Role.EVALUATOR_1) { // whose stored words are m_T already
        held(pad0).addNarrow(id, p, tile, width * PANEL);
      }
      multiplyTile(kernels, x, rows, p, out);
    }
    return wide(out, 1);
  }

  private void loadStored(int panel) {
    MemorySegment words = held(stored);
    long at = bytes(width) * panel;
    MemorySegment.copy(words, ValueLayout.JAVA_BYTE, at, tile, 0, tile.length);
  }

  private void loadPad(Prg pad, int panel) {
    pad.bytes(id, panel, 0, tile, 0, tile.length);
  }

  /** Entries of a group. */
  private int count(int group) {
    return Math.min(PANEL, entries - group * PANEL);
  }

  private void multiplyTile(Kernels kernels, int[] x, int rows, int group, int[] out) {
    int to = group * PANEL;
    kernels.multiplyRows(x, 0, rows, width, tile, count(group), out, to, stride());
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
    return "TableMatrix[" + name + ", " + width + " × " + entries + ", " + role + "]";
  }
}
