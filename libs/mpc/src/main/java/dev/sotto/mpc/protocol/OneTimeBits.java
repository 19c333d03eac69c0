package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import java.util.function.Supplier;

/**
 * One-time truth tables of bits: {@link OneTimeTable} with one bit a row, XOR-shared, a whole table
 * in one word. No round; {@code rows} bits a table.
 *
 * <p>Hides: a dealt secret, masked by a stream; each table is read at one index only.
 *
 * @param rows rows a table, at most 64
 * @param tables the dealer's tables, row j in bit j
 * @param index the evaluators' public index, one a table
 */
public record OneTimeBits(int count, int rows, Supplier<long[]> tables, long[] index)
    implements Protocol<long[]> {
  @Override
  public Claim claim() {
    return Claim.dealing(count, rows);
  }

  /** XOR shares of the bits; empty at the dealer. */
  @Override
  public long[] run(Scope at) {
    long[] t = at.dealBits(count, rows, tables);
    for (int i = 0; i < t.length; i++) {
      t[i] = t[i] >>> index[i] & 1;
    }
    return t;
  }
}
