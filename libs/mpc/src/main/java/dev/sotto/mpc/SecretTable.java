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

  private static final long[] ALL = {-1};

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
   * Sums of what this role holds of the rows that bits choose, from its two tables: at an evaluator
   * its stored one under {@code first}, and, at evaluator-1, P1 under {@code second}; at the dealer
   * P0 and P1. Evaluator-0 has no second one: P0 is in what it stores, and so is all that {@code
   * first} chooses there. Reads whole tables once for any number of rows.
   *
   * @param first bit e of word [row · stride + e/64]: whether entry e is in the row's sum
   * @return [parts][rows][width], parts 1 at evaluator-0 and 2 elsewhere
   */
  public int[][] sums(Kernels kernels, long[] first, long[] second, int stride, int rows) {
    int[][] out = new int[parts()][rows * width];
    for (int g = 0; g < groups(entries); g++) {
      int count = Math.min(GROUP, entries - g * GROUP);
      if (part.role().evaluates()) {
        MemorySegment words = part.stored();
        long at = groupBytes(width) * g;
        kernels.sumChosen(first, g, stride, rows, count, width, words, at, out[0]);
      } else {
        sumPad(part.pad0(), kernels, first, g, stride, rows, count, out[0]);
      }
      if (out.length > 1) {
        sumPad(part.pad1(), kernels, second, g, stride, rows, count, out[1]);
      }
    }
    return out;
  }

  /** From how many tables this role's sums are. */
  public int parts() {
    return part.role() == Role.EVALUATOR_0 ? 1 : 2;
  }

  private void sumPad(
      Prg pad, Kernels kernels, long[] chosen, int g, int stride, int rows, int count, int[] out) {
    int rowBytes = width * Integer.BYTES;
    if (rows == 1 && rowBytes % Prg.BLOCK == 0) { // what is not chosen need not be made
      long among = chosen[g] & (-1L >>> (GROUP - count));
      int made = pad.chosenRows(id, g, rowBytes, among, tile);
      kernels.sumChosen(ALL, 0, 1, 1, made, width, tile, out);
      return;
    }
    pad.bytes(id, g, 0, tile, 0, count * rowBytes);
    kernels.sumChosen(chosen, g, stride, rows, count, width, tile, out);
  }

  @Override
  public String toString() {
    return "SecretTable[" + name + ", " + entries + " × " + width + ", " + part.role() + "]";
  }
}
