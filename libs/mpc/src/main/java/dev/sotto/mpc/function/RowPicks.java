package dev.sotto.mpc.function;

import dev.sotto.mpc.Role;
import dev.sotto.mpc.SecretTable;
import dev.sotto.ring.Kernels;
import java.util.List;

/**
 * A role's own part of picking rows of a secret table for tokens that it does not see. Local: it
 * expands keys and passes over the table, once for up to {@value #AT_ONCE} tokens, whosever they
 * are.
 *
 * <p>Which rows it reads follows a key's bits, about half of them set: uniform to the role that has
 * the key, and to whoever watches that role's memory.
 */
public final class RowPicks {
  /** Tokens that share a pass over the table. */
  public static final int AT_ONCE = 32;

  private final SecretTable table;
  private final Kernels kernels;
  private final TokenLookUp.Points points;
  private final int stride;

  /** Picks from a table held as [vocab, hidden]. Not thread-safe. */
  public RowPicks(SecretTable table, Kernels kernels) {
    LookUpKeys keys = new LookUpKeys(table.entries());
    this.table = table;
    this.kernels = kernels;
    this.points = keys::expand;
    this.stride = keys.words();
  }

  RowPicks(SecretTable table, Kernels kernels, TokenLookUp.Points points) {
    this.table = table;
    this.kernels = kernels;
    this.points = points;
    this.stride = Math.ceilDiv(table.entries(), Kernels.GROUP);
  }

  /**
   * This role's raw part, in 2^32 and not reduced, of ±a row of the table and ±the same row of its
   * pad: [tokens, parts, hidden], parts as {@link SecretTable#parts} says.
   *
   * @param keys two a token, as {@link LookUpKeys} makes them for this role
   */
  public long[] pick(List<byte[]> keys) {
    int tokens = keys.size() / 2;
    int hidden = table.width();
    int parts = table.parts();
    long[] out = new long[tokens * parts * hidden];
    for (int from = 0; from < tokens; from += AT_ONCE) {
      int n = Math.min(AT_ONCE, tokens - from);
      long[] first = expanded(keys, from, n, 0, table.role() == Role.EVALUATOR_0 ? 0 : 1);
      long[] second =
          parts == 1
              ? new long[0]
              : expanded(keys, from, n, 1, table.role() == Role.EVALUATOR_1 ? 0 : 1);
      int[][] sums = table.sums(kernels, first, second, stride, n);
      for (int part = 0; part < parts; part++) {
        // party 1 has the second summand of a difference; the dealer's P0 is one of evaluator-1's
        boolean negative = table.role() == Role.DEALER ? part == 1 : part == 0 && parts == 2;
        int sign = negative ? -1 : 1;
        for (int i = 0; i < n * hidden; i++) {
          int at = ((from + i / hidden) * parts + part) * hidden + i % hidden;
          out[at] = (long) sign * sums[part][i];
        }
      }
    }
    return out;
  }

  private long[] expanded(List<byte[]> keys, int from, int n, int which, int party) {
    long[] bits = new long[n * stride];
    for (int i = 0; i < n; i++) {
      points.expand(keys.get(2 * (from + i) + which), party, bits, i * stride);
    }
    return bits;
  }
}
