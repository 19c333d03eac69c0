package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.OneHot;
import dev.sotto.mpc.protocol.OneTimeTable;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.ring.LookUpTable;
import dev.sotto.ring.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A smooth positive function of an unsigned value over many octaves, by windows of eight: 1/√ and
 * 1/. Two rounds, the first of which opens the value itself and may carry other openings.
 *
 * <p>Window t sees X = S ≫ t in 2^11: "none" if X &lt; 8, else one of four groups of two octaves.
 * Each group has a mantissa table of 2^7 positions with slope, looked up whether or not it applies.
 * A one-time table over the opened codes selects the group and puts the signs of all look-ups right
 * in one step. Codes hold because truncation's +1 is 1/8 of a step at most.
 *
 * <p>Below the last window: with a fallback, one more group of two octaves answers and saturates
 * below that (under a 128th of its upper end, at the value of that end or above); without, the last
 * window's lowest value.
 *
 * <p>Hides: one-hot vectors, one-time tables and openings; every secret of the dealer is dealt,
 * every value opened under its own mask.
 */
public final class Octaves {
  /** Extra fraction bits of mantissas and slopes, dropped at the end. */
  private static final int GUARD = 8;

  private static final int WINDOW = 11;
  private static final int MANTISSA = 7;

  private final int ring;
  private final int[] windows;
  private final int outRing;
  private final int outFraction;
  private final LookUpTable codes;
  private final LookUpTable lastCodes;
  private final List<Group> groups = new ArrayList<>();

  /** A mantissa table: positions are (S ≫ shift + 6) mod 128, the slope's unit is 2^shift. */
  private record Group(int window, int code, int shift, LookUpTable table) {}

  /**
   * A function.
   *
   * @param ring bits of S, read as unsigned
   * @param windows shifts of the windows, highest first, eight apart
   * @param fallback whether two more octaves are answered below the last window
   * @param function of S as an integer; its values must stay below 2^(outRing − 1 − outFraction)
   */
  public Octaves(
      int ring,
      int[] windows,
      boolean fallback,
      DoubleUnaryOperator function,
      int outRing,
      int outFraction) {
    this.ring = ring;
    this.windows = windows.clone();
    this.outRing = outRing;
    this.outFraction = outFraction;
    int[] code = new int[1 << WINDOW];
    for (int x = 8; x < code.length; x++) {
      int group = 1 + (31 - Integer.numberOfLeadingZeros(x / 8)) / 2;
      code[x] = group | 8;
    }
    codes = Tables.bits(code, 4);
    int[] last = code.clone();
    for (int x = 0; x < 8; x++) {
      last[x] = fallback ? 5 : last[8];
    }
    lastCodes = Tables.bits(last, 4);
    for (int w = 0; w < windows.length; w++) {
      for (int g = 0; g < 4; g++) {
        group(w, g + 1, windows[w] + 2 * g - 8, function);
      }
    }
    if (fallback) {
      group(windows.length - 1, 5, windows[windows.length - 1] - 10, function);
    }
  }

  private void group(int window, int code, int shift, DoubleUnaryOperator f) {
    int n = 1 << MANTISSA;
    double step = Math.scalb(1.0, shift + 6);
    double unit = Math.scalb(1.0, outFraction + GUARD);
    long[][] values = new long[2][n];
    for (int i = 0; i < n; i++) {
      int y =
          i == 0
              ? n
              : Math.max(i, 20); // positions below 32 come up only by saturation; 128 sits at 0
      Tables.Line line = Tables.Line.at(f, y * step, step);
      values[0][i] = (long) Math.rint(line.value() * unit);
      values[1][i] = (long) Math.rint(line.slope() * Math.scalb(1.0, shift) * unit);
    }
    groups.add(new Group(window, code, shift, new LookUpTable(values, outRing + GUARD)));
  }

  /** Cost for {@code count} values, the opening of S included. */
  public Claim claim(int count) {
    int wide = outRing + GUARD;
    Claim c = Claim.opening(count, ring);
    Claim looked = Claim.LOCAL;
    for (int w = 0; w < windows.length; w++) {
      looked = looked.with(Claim.dealing(count << (WINDOW - 6), 64)).with(Claim.opening(count, 4));
    }
    for (int g = 0; g < groups.size(); g++) {
      looked =
          looked
              .with(Claim.dealing(count << (MANTISSA - 6), 64))
              .with(Claim.opening(count, wide))
              .with(Claim.opening(count, wide));
    }
    c = c.then(looked);
    for (int w = 0; w < windows.length; w++) {
      c = c.then(Claim.dealing(count * (8 << w) * columns(w), wide));
    }
    return c;
  }

  private int columns(int window) {
    return 2 * groupsOf(window).size() + 1;
  }

  private List<Group> groupsOf(int window) {
    return groups.stream().filter(g -> g.window == window).toList();
  }

  /**
   * f(S), in the output ring. The first round is {@code round}'s: whatever else was added to it
   * opens with S.
   *
   * @param s shares in 2^ring, read as unsigned
   */
  public Share run(Scope at, Share s, Opening round) {
    Wire v = round.words("octaves", s);
    round.run();
    return run(at, v, at.opening());
  }

  /**
   * f(S) of an S that is open, in the output ring: the second round alone, which is {@code
   * second}'s.
   *
   * @param v in 2^ring, read as unsigned
   */
  Share run(Scope at, Wire v, Opening second) {
    if (v.ring() != ring) {
      throw new IllegalArgumentException(v + " is not what the tables are for: 2^" + ring);
    }
    int n = v.size();
    long[] source = at.deals() ? v.mask() : v.masked();
    List<Looked> looked = new ArrayList<>();
    List<MaskedBits> windowCodes = new ArrayList<>();
    for (int w = 0; w < windows.length; w++) {
      long[] digit = Digits.of(source, windows[w], WINDOW);
      Scope here = at.in("window" + w);
      OneHot.Vectors hot = new OneHot(digit, n, WINDOW).run(here);
      LookUpTable table = w == windows.length - 1 ? lastCodes : codes;
      windowCodes.add(
          second.bits("code" + w, hot.lookUpBits(here, Digits.index(digit), n, table, 4), n, 4));
    }
    for (int g = 0; g < groups.size(); g++) {
      looked.add(look(at, "group" + g, groups.get(g), source, n, second));
    }
    second.run();
    return new TruncateReduce(select(at, n, looked, windowCodes), GUARD).run(at.in("round"));
  }

  /** One group's look-up: ±(value + low·slope) and ±slope, opened; the dealer's sign and λ_low. */
  private record Looked(Group group, long[] sign, long[] low, Wire value, Wire slope) {}

  private Looked look(
      Scope outer, String name, Group group, long[] source, int n, Opening opening) {
    Scope at = outer.in(name);
    long[] digit = Digits.of(source, group.shift + 6, MANTISSA);
    long[] low = Digits.of(source, group.shift, 6);
    OneHot.Vectors hot = new OneHot(digit, n, MANTISSA).run(at);
    Share[] v = hot.lookUp(at, Digits.index(digit), n, group.table, outFraction + GUARD);
    Share value = Digits.line(at, v[0], v[1], low);
    return new Looked(
        group,
        hot.signs(),
        low,
        opening.words(name + "/value", value),
        opening.words(name + "/slope", v[1]));
  }

  private Share select(Scope at, int n, List<Looked> looked, List<MaskedBits> codes) {
    int wide = outRing + GUARD;
    long keep = Words.mask(wide);
    long[] total = new long[at.deals() ? 0 : n];
    for (int w = 0; w < windows.length; w++) {
      int window = w;
      List<Looked> mine = looked.stream().filter(l -> l.group.window == window).toList();
      int rows = 8 << w;
      int columns = columns(w);
      long[] index = joined(codes, w, MaskedBits::masked, n);
      long[] rho = joined(codes, w, MaskedBits::mask, n);
      long[] row =
          new OneTimeTable(n, rows, columns, wide, () -> tables(mine, rho, n, rows, columns), index)
              .run(at.in("select" + w));
      if (at.deals()) {
        continue;
      }
      for (int i = 0; i < n; i++) {
        int r = i * columns;
        long z = row[r + columns - 1];
        for (int g = 0; g < mine.size(); g++) {
          z +=
              mine.get(g).value.masked()[i] * row[r + 2 * g]
                  - mine.get(g).slope.masked()[i] * row[r + 2 * g + 1];
        }
        total[i] = (total[i] + z) & keep;
      }
    }
    return at.deals()
        ? Share.shape(n, wide, outFraction + GUARD)
        : new Share(total, wide, outFraction + GUARD);
  }

  /**
   * This window's code in the low three bits, the "not none" bits of the windows above it from bit
   * 3 on.
   */
  private static long[] joined(
      List<MaskedBits> codes,
      int window,
      java.util.function.Function<MaskedBits, long[]> part,
      int n) {
    long[] own = part.apply(codes.get(window));
    if (own.length == 0) {
      return own;
    }
    long[] out = new long[n];
    for (int i = 0; i < n; i++) {
      out[i] = own[i] & 7;
      for (int v = 0; v < window; v++) {
        out[i] |= (part.apply(codes.get(v))[i] >>> 3 & 1) << (3 + v);
      }
    }
    return out;
  }

  /**
   * The dealer's selection tables. Where the true code is group g's, and no window above has
   * spoken: sign, sign·λ_low, and what takes the masks off; elsewhere zero.
   */
  private static long[] tables(List<Looked> groups, long[] rho, int n, int rows, int columns) {
    long[] out = new long[n * rows * columns];
    for (int i = 0; i < n; i++) {
      for (int g = 0; g < groups.size(); g++) {
        Looked l = groups.get(g);
        int row = (int) (l.group.code ^ rho[i]); // the public index that stands for this code
        int at = (i * rows + row) * columns;
        long sign = l.sign[i];
        long low = sign * l.low[i];
        out[at + 2 * g] = sign;
        out[at + 2 * g + 1] = low;
        out[at + columns - 1] = low * l.slope.mask()[i] - sign * l.value.mask()[i];
      }
    }
    return out;
  }
}
