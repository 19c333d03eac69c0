package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.ring.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * [x ≠ 0] in Z_2^ring, for x = m − λ or m ⊕ λ of {@code width} bits with public m. Digit by digit:
 * one-time tables of 2^digit bits say whether m and λ agree in a digit; the answers are opened
 * under fresh masks, five at a time, and joined by a table, until one is left. Rounds: 1 for up to
 * 5 digits, 2 for up to 25.
 *
 * <p>Hides: one-time tables and openings of masked bits, nothing else.
 *
 * @param masked m at the evaluators
 * @param mask λ at the dealer
 * @param digit bits of a digit, up to 6: more bits are more to deal and less to open
 */
public record NotZero(long[] masked, long[] mask, int count, int width, int ring, int digit)
    implements Protocol<Share> {
  private static final int FAN_IN = 5;

  /** Checks that a digit's table fits a word. */
  public NotZero {
    if (digit < 1 || digit > 6) {
      throw new IllegalArgumentException("a digit has 1 to 6 bits, not " + digit);
    }
  }

  /** With digits of four bits. */
  public NotZero(long[] masked, long[] mask, int count, int width, int ring) {
    this(masked, mask, count, width, ring, 4);
  }

  private int digits() {
    return (width + digit - 1) / digit;
  }

  @Override
  public Claim claim() {
    int n = digits();
    Claim c = Claim.LOCAL;
    for (int d = 0; d < n; d++) {
      c = c.then(Claim.dealing(count, 1 << digit));
    }
    while (true) {
      c = c.then(Claim.opening(count * n, 1));
      int groups = (n + FAN_IN - 1) / FAN_IN;
      boolean last = groups == 1;
      for (int g = 0; g < groups; g++) {
        int size = size(n, groups, g);
        c = c.then(Claim.dealing(count << size, last ? ring : 1));
      }
      if (last) {
        return c;
      }
      n = groups;
    }
  }

  private static int size(int n, int groups, int g) {
    return (g + 1) * n / groups - g * n / groups;
  }

  @Override
  public Share run(Scope at) {
    List<long[]> equal = new ArrayList<>();
    for (int d = 0; d < digits(); d++) {
      int shift = digit * d;
      equal.add(
          new OneTimeBits(count, 1 << digit, () -> digitTables(shift), digit(masked, shift))
              .run(at.in("digit" + d)));
    }
    for (int level = 0; ; level++) {
      Scope here = at.in("and" + level);
      int n = equal.size();
      Opening o = here.opening();
      MaskedBits b = o.bits("bits", joined(equal), count * n, 1); // [count][digit]
      o.run();
      int groups = (n + FAN_IN - 1) / FAN_IN;
      boolean last = groups == 1;
      List<long[]> next = new ArrayList<>();
      for (int g = 0; g < groups; g++) {
        int from = g * n / groups;
        int size = size(n, groups, g);
        int rows = 1 << size;
        long[] index = pack(b.masked(), n, from, size);
        long[] rho = pack(b.mask(), n, from, size);
        Scope there = here.in("table" + g);
        next.add(
            last
                ? new OneTimeTable(count, rows, 1, ring, () -> lastRows(rho, rows), index)
                    .run(there)
                : new OneTimeBits(count, rows, () -> andTables(rho, rows), index).run(there));
      }
      if (last) {
        return at.deals() ? Share.shape(count, ring, 0) : new Share(next.getFirst(), ring, 0);
      }
      equal = next;
    }
  }

  /**
   * Bit j says whether the true digit's mask is j, and so whether the public digit j agrees with
   * it.
   */
  private long[] digitTables(int shift) {
    long[] tables = new long[count];
    for (int i = 0; i < count; i++) {
      tables[i] = 1L << (mask[i] >>> shift & Words.mask(digit));
    }
    return tables;
  }

  /** Bit j holds the AND of the bits j ⊕ ρ. */
  private long[] andTables(long[] rho, int rows) {
    long[] tables = new long[count];
    for (int i = 0; i < count; i++) {
      tables[i] = 1L << (rho[i] ^ (rows - 1));
    }
    return tables;
  }

  /** Row j holds 1 unless all of the bits j ⊕ ρ are set. */
  private long[] lastRows(long[] rho, int rows) {
    long[] out = new long[count * rows];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < rows; j++) {
        out[i * rows + j] = (j ^ rho[i]) == rows - 1 ? 0 : 1;
      }
    }
    return out;
  }

  private long[] digit(long[] words, int shift) {
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = words[i] >>> shift & Words.mask(digit);
    }
    return out;
  }

  private long[] joined(List<long[]> bits) {
    if (bits.getFirst().length == 0) {
      return new long[0];
    }
    int n = bits.size();
    long[] out = new long[count * n]; // value by value, so that rows stay together
    for (int d = 0; d < n; d++) {
      long[] one = bits.get(d);
      for (int i = 0; i < count; i++) {
        out[i * n + d] = one[i];
      }
    }
    return out;
  }

  private long[] pack(long[] bits, int n, int from, int size) {
    if (bits.length == 0) {
      return bits;
    }
    long[] out = new long[count];
    for (int i = 0; i < count; i++) {
      for (int d = 0; d < size; d++) {
        out[i] |= bits[i * n + from + d] << d;
      }
    }
    return out;
  }
}
