package dev.sotto.mpc;

import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What one role holds of a publisher's table T, [entries, width] over Z_2^32, that rows are picked
 * from: m_T = T + P0 + P1 is known to both evaluators, P0 to the dealer and evaluator-0, P1 to the
 * dealer and evaluator-1, as in {@link SecretMatrix}. P_b is a stream of seed w_b, addressed by
 * (table id, group of {@value Kernels#GROUP} entries), a row's words in order, little-endian.
 * Stored is one table per evaluator, T + P1 at evaluator-0 and m_T at evaluator-1, row by row and
 * filled up to a whole group.
 *
 * <p>No single role learns anything of T: evaluator-0 sees it under P1, evaluator-1 under P0, the
 * dealer not at all. Not thread-safe.
 */
public final class SecretTable {
  private static final int GROUP = Kernels.GROUP; // a stream at full speed, in the second cache

  private final String name;
  private final long id;
  private final int entries;
  private final int width;
  private final SecretPart part;
  private final byte[] tile;

  /**
   * One role's part.
   *
   * @param stored the evaluator's mapped words, little-endian; null at the dealer
   * @param seed0 w0, 16 bytes, at the dealer and evaluator-0
   * @param seed1 w1, 16 bytes, at the dealer and evaluator-1
   */
  public SecretTable(
      String name,
      long id,
      int entries,
      int width,
      Role role,
      @Nullable MemorySegment stored,
      byte @Nullable [] seed0,
      byte @Nullable [] seed1) {
    this.name = name;
    this.id = id;
    this.entries = entries;
    this.width = width;
    this.part =
        new SecretPart(
            "table " + name, role, stored, seed0, seed1, groupBytes(width) * groups(entries));
    this.tile = new byte[Math.toIntExact(groupBytes(width))];
  }

  /** Whose part it is. */
  public Role role() {
    return part.role();
  }

  /** Rows that can be picked. */
  public int entries() {
    return entries;
  }

  /** Words of a row. */
  public int width() {
    return width;
  }

  private static long groupBytes(int width) {
    return (long) GROUP * width * Integer.BYTES;
  }

  private static int groups(int entries) {
    return Math.ceilDiv(entries, GROUP);
  }

  /**
   * This role's part of rows picked by shares of one-hot vectors, from the two tables that it
   * holds: m_T under {@code evaluators} and −P_b under {@code dealers} at an evaluator; −P0 under
   * {@code evaluators} and −P1 under {@code dealers} at the dealer. y: [rows, entries]. Reads the
   * whole table once for any number of rows. → [rows, width]
   */
  public int[] pick(Kernels kernels, int[] evaluators, int[] dealers, int rows) {
    int[] out = new int[rows * width];
    int[] negative = new int[rows * width];
    int[] difference = dealers;
    if (part.role() == Role.EVALUATOR_0) { // y·(S + P0) − y'·P0 = y·S − (y' − y)·P0
      difference = new int[dealers.length];
      for (int i = 0; i < difference.length; i++) {
        difference[i] = dealers[i] - evaluators[i];
      }
    }
    for (int g = 0; g < groups(entries); g++) {
      int from = g * GROUP;
      int count = Math.min(GROUP, entries - from);
      if (part.role() == Role.DEALER) {
        pad(part.pad0(), g, count);
        kernels.combine(evaluators, from, entries, rows, count, width, tile, negative);
        pad(part.pad1(), g, count);
        kernels.combine(dealers, from, entries, rows, count, width, tile, negative);
      } else {
        MemorySegment words = part.stored();
        long at = groupBytes(width) * g;
        kernels.combine(evaluators, from, entries, rows, count, width, words, at, out);
        pad(part.role() == Role.EVALUATOR_0 ? part.pad0() : part.pad1(), g, count);
        kernels.combine(difference, from, entries, rows, count, width, tile, negative);
      }
    }
    for (int i = 0; i < out.length; i++) {
      out[i] -= negative[i];
    }
    return out;
  }

  private void pad(Prg pad, int group, int count) {
    pad.bytes(id, group, 0, tile, 0, count * width * Integer.BYTES);
  }

  @Override
  public String toString() {
    return "SecretTable[" + name + ", " + entries + " × " + width + ", " + part.role() + "]";
  }
}
