package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * [x &lt; 0] for a signed wire, by digits: with the value's own opening two rounds for up to 21
 * bits, three beyond. In 2^1 the shares are XOR shares, ready to be opened under a mask for {@link
 * Select}. x &lt; y is x − y &lt; 0.
 *
 * <p>The top bit of x = m − λ is that of m, that of λ and the borrow [m' &lt; λ'] of the bits
 * below, XORed. One-time tables say of each digit of four bits whether m's is less than λ's, and
 * whether equal; these bits are opened under fresh masks and joined by a table, up to five digits
 * at once. The last table takes in λ's top bit.
 *
 * <p>Hides: one-time tables and openings of masked bits, nothing else.
 */
public record Negative(Wire x, int ring) implements Protocol<Share> {
  private static final int DIGIT = 4;
  private static final int MOST_AT_ONCE = 5;
  private static final int FAN_IN = 4;

  /** Checks the ring. */
  public Negative {
    if (x.ring() < 2) {
      throw new IllegalArgumentException(x + " has no sign: its ring needs two bits");
    }
  }

  private int digits() {
    return digits(x.ring());
  }

  private static int digits(int width) {
    return (width - 1 + DIGIT - 1) / DIGIT;
  }

  /** Ends of the groups that n digits are joined in. */
  private static int[] groups(int n) {
    int g = n <= MOST_AT_ONCE ? 1 : (n + FAN_IN - 1) / FAN_IN;
    int[] ends = new int[g];
    for (int i = 0; i < g; i++) {
      ends[i] = (i + 1) * n / g;
    }
    return ends;
  }

  /** "Less" and "equal" of each digit but the lowest, whose "equal" nobody asks for. */
  private static int bits(int from, int to) {
    return 2 * (to - from) - (from == 0 ? 1 : 0);
  }

  @Override
  public Claim claim() {
    return claim(x.size(), x.ring(), ring);
  }

  /** For {@code count} values of {@code width} bits, from shapes alone. */
  public static Claim claim(int count, int width, int ring) {
    int n = digits(width);
    Claim c = Claim.LOCAL;
    for (int d = 0; d < n; d++) {
      c = c.then(Claim.dealing(count * 16 * bits(d, d + 1), 1));
    }
    while (true) {
      int[] ends = groups(n);
      c = c.then(Claim.opening(count, bits(0, n)));
      int from = 0;
      for (int g = 0; g < ends.length; g++) {
        int rows = 1 << bits(from, ends[g]);
        c =
            c.then(
                ends.length == 1
                    ? Claim.dealing(count * rows, ring)
                    : Claim.dealing(count * rows * bits(g, g + 1), 1));
        from = ends[g];
      }
      if (ends.length == 1) {
        return c;
      }
      n = ends.length;
    }
  }

  @Override
  public Share run(Scope at) {
    int count = x.size();
    List<long[]> compared = new ArrayList<>(); // [count, bits] XOR shares, lowest digit first
    for (int d = 0; d < digits(); d++) {
      int digit = d;
      compared.add(
          new OneTimeTable(
                  count, 16, bits(d, d + 1), 1, () -> digitRows(digit), digit(x.masked(), d))
              .run(at.in("digit" + d)));
    }
    for (int level = 0; ; level++) {
      int n = compared.size();
      Scope here = at.in("join" + level);
      Opening o = here.opening();
      MaskedBits b = o.bits("bits", joined(compared), count, bits(0, n));
      o.run();
      int[] ends = groups(n);
      List<long[]> next = new ArrayList<>();
      int from = 0;
      for (int g = 0; g < ends.length; g++) {
        next.add(table(here.in("table" + g), b, from, ends[g], ends.length == 1));
        from = ends[g];
      }
      if (ends.length == 1) {
        return at.deals() ? Share.shape(count, ring, 0) : turned(at, next.getFirst());
      }
      compared = next;
    }
  }

  private long[] table(Scope at, MaskedBits b, int from, int to, boolean last) {
    int width = bits(from, to);
    int shift = from == 0 ? 0 : bits(0, from);
    int columns = last || from == 0 ? 1 : 2;
    long[] rho = cut(b.mask(), shift, width);
    return new OneTimeTable(
            x.size(),
            1 << width,
            columns,
            last ? ring : 1,
            () -> joinRows(rho, from, to, columns, last),
            cut(b.masked(), shift, width))
        .run(at);
  }

  /** m's top bit is public: where it is set, the answer turns around. */
  private Share turned(Scope at, long[] bit) {
    long keep = Words.mask(ring);
    long one = at.first() ? 1 : 0;
    for (int i = 0; i < bit.length; i++) {
      long top = x.masked()[i] >>> (x.ring() - 1);
      bit[i] = (top * one + (1 - 2 * top) * bit[i]) & keep;
    }
    return new Share(bit, ring, 0);
  }

  /** Row j: [j &lt; λ's digit] and [j = λ's digit]. */
  private long[] digitRows(int d) {
    int columns = bits(d, d + 1);
    long[] digit = digit(x.mask(), d);
    long[] out = new long[x.size() * 16 * columns];
    for (int i = 0; i < digit.length; i++) {
      for (int j = 0; j < 16; j++) {
        int at = (16 * i + j) * columns;
        out[at] = j < digit[i] ? 1 : 0;
        if (columns == 2) {
          out[at + 1] = j == digit[i] ? 1 : 0;
        }
      }
    }
    return out;
  }

  /** Row j stands for the bits j ⊕ ρ: less and equal of several digits together. */
  private long[] joinRows(long[] rho, int from, int to, int columns, boolean last) {
    int rows = 1 << bits(from, to);
    long[] out = new long[x.size() * rows * columns];
    for (int i = 0; i < x.size(); i++) {
      for (int j = 0; j < rows; j++) {
        long word = j ^ rho[i];
        long less = 0;
        long equal = 1;
        for (int d = from; d < to; d++) {
          long e = d == 0 ? 0 : (word >>> 1) & 1;
          less = (word & 1) | (e & less);
          word >>>= bits(d, d + 1);
          equal &= e;
        }
        int at = (i * rows + j) * columns;
        out[at] = last ? less ^ (x.mask()[i] >>> (x.ring() - 1)) : less;
        if (columns == 2) {
          out[at + 1] = equal;
        }
      }
    }
    return out;
  }

  /** Digit d of the bits below the top one. */
  private long[] digit(long[] words, int d) {
    long below = Words.mask(x.ring() - 1);
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = ((words[i] & below) >>> (DIGIT * d)) & 15;
    }
    return out;
  }

  /** All bits of a value in one word, the lowest digit's first. */
  private long[] joined(List<long[]> compared) {
    if (compared.getFirst().length == 0) {
      return new long[0];
    }
    long[] out = new long[x.size()];
    int shift = 0;
    for (int d = 0; d < compared.size(); d++) {
      int columns = bits(d, d + 1);
      for (int i = 0; i < out.length; i++) {
        for (int c = 0; c < columns; c++) {
          out[i] |= compared.get(d)[i * columns + c] << (shift + c);
        }
      }
      shift += columns;
    }
    return out;
  }

  private static long[] cut(long[] words, int shift, int width) {
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (words[i] >>> shift) & ((1L << width) - 1);
    }
    return out;
  }
}
