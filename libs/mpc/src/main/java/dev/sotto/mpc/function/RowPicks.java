package dev.sotto.mpc.function;

import dev.sotto.mpc.Role;
import dev.sotto.mpc.SecretTable;
import dev.sotto.mpc.dpf.WordPoint;
import dev.sotto.ring.Kernels;
import java.util.List;

/**
 * A role's own part of picking rows of a secret table for tokens that it does not see. Local: it
 * expands keys and passes over the table, once for up to {@value #AT_ONCE} tokens, whosever they
 * are.
 */
public final class RowPicks {
  /** Tokens that share a pass over the table. */
  public static final int AT_ONCE = 32;

  private final SecretTable table;
  private final Kernels kernels;
  private final TokenLookUp.Points points;

  /** Picks from a table held as [vocab, hidden]. Not thread-safe. */
  public RowPicks(SecretTable table, Kernels kernels) {
    this(table, kernels, new WordPoint(TokenLookUp.levels(table.entries()))::evaluate);
  }

  RowPicks(SecretTable table, Kernels kernels, TokenLookUp.Points points) {
    this.table = table;
    this.kernels = kernels;
    this.points = points;
  }

  /**
   * This role's raw part, in 2^32 and not reduced. [tokens, hidden]
   *
   * @param keys a token's two keys side by side: at an evaluator the one it shares with the other
   *     evaluator, then the one with the dealer; at the dealer the one with evaluator-0, then the
   *     one with evaluator-1
   */
  public long[] pick(List<byte[]> keys) {
    int tokens = keys.size() / 2;
    int hidden = table.width();
    int entries = table.entries();
    long[] out = new long[tokens * hidden];
    // the dealer is party 0 of both its pairs
    int firstParty = table.role() == Role.EVALUATOR_1 ? 1 : 0;
    int secondParty = table.role() == Role.DEALER ? 0 : 1;
    long[] words = new long[entries];
    for (int from = 0; from < tokens; from += AT_ONCE) {
      int n = Math.min(AT_ONCE, tokens - from);
      int[] a = new int[n * entries];
      int[] b = new int[n * entries];
      for (int i = 0; i < n; i++) {
        points.evaluate(keys.get(2 * (from + i)), firstParty, entries, words, 0);
        narrow(words, a, i * entries);
        points.evaluate(keys.get(2 * (from + i) + 1), secondParty, entries, words, 0);
        narrow(words, b, i * entries);
      }
      int[] picked = table.pick(kernels, a, b, n);
      for (int i = 0; i < picked.length; i++) {
        out[from * hidden + i] = picked[i];
      }
    }
    return out;
  }

  /** Shares in 2^64 are shares in 2^32 with their upper halves left away. */
  private static void narrow(long[] words, int[] out, int from) {
    for (int i = 0; i < words.length; i++) {
      out[from + i] = (int) words[i];
    }
  }
}
