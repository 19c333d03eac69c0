package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import java.util.function.Supplier;

/**
 * One-time truth tables (TinyTables, CRYPTO 2017): the dealer deals, a value, 2^k rows T[j] = F(j −
 * λ); an evaluator reads the row of its public index. No round; rows·columns words a value.
 *
 * <p>Hides: a dealt secret, masked by a stream; each table is read at one index only.
 *
 * @param rows rows a table
 * @param columns words a row
 * @param tables the dealer's [count][rows][columns], flat
 * @param index the evaluators' public index, one a value
 */
public record OneTimeTable(
    int count, int rows, int columns, int ring, Supplier<long[]> tables, long[] index)
    implements Protocol<long[]> {
  @Override
  public Claim claim() {
    return Claim.dealing(count * rows * columns, ring);
  }

  /** Shares of the rows: [count, columns]; empty at the dealer. */
  @Override
  public long[] run(Scope at) {
    long[] t = at.deal(count * rows * columns, ring, tables);
    if (at.deals()) {
      return t;
    }
    long[] out = new long[count * columns];
    for (int i = 0; i < count; i++) {
      System.arraycopy(t, (i * rows + (int) index[i]) * columns, out, i * columns, columns);
    }
    return out;
  }
}
