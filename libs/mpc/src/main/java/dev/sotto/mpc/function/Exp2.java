package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.OneHot;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.ring.LookUpTable;
import dev.sotto.ring.Words;

/**
 * 2^(u·x/256) for x = m − λ in (−2^17, 0] and u = {@value HeadShape#SCORE_UNIT} log2 units, in 2^45
 * with 20 fraction bits; 0 from about −20·256 on. One round.
 *
 * <p>With x = 2^10·hi + (m_low − λ_low): 2^(4u·hi) is looked up in 128 positions, 2^(u·m_low) is
 * public, and 2^(−u·λ_low) rides in the sign that the dealer deals anyway. Saturation to 0 is the
 * table's. Relative error at most 8.3e-3, root mean square 1.6e-3, bias below 2e-4 (roundings of
 * the two factors to 7 bits and more); a digit's power 2^(−5) is exact.
 *
 * <p>Hides: a one-hot with a random sign, one opening, three dealt secrets.
 *
 * @param masked m mod 2^17, public to the evaluators
 * @param mask λ mod 2^17, the dealer's
 */
record Exp2(long[] masked, long[] mask, int count) implements Protocol<Share> {
  private static final int DIGIT = 10;
  private static final int POSITIONS = 7;
  private static final int TABLE_RING = 22; // ±1, and nothing above: see powers
  private static final int WIDE = 64;

  /** Fraction bits of the result. */
  static final int FRACTION = 20;

  private static final int TABLE_FRACTION = 20;
  private static final int KAPPA_FRACTION = 12;
  private static final int LOW_FRACTION = 7;
  private static final LookUpTable POWERS = powers();

  private static LookUpTable powers() {
    int n = 1 << POSITIONS;
    long[] v = new long[n];
    for (int i = 0; i < n; i++) {
      int hi = Tables.signed(i, n);
      long power = Math.round(Math.pow(2, TABLE_FRACTION + 4 * HeadShape.SCORE_UNIT * hi));
      // 1 is a unit less, so that either sign of it lies within half of the ring
      v[i] = hi <= 0 ? Math.min(power, (1L << TABLE_FRACTION) - 1) : 0;
    }
    return new LookUpTable(new long[][] {v}, TABLE_RING);
  }

  @Override
  public Claim claim() {
    return Claim.dealing(count << (POSITIONS - 6), 64)
        .with(Claim.opening(count, TABLE_RING))
        .then(Claim.dealing(count, WIDE))
        .then(Claim.dealing(count, WIDE))
        .then(Claim.dealing(count, WIDE - TABLE_RING));
  }

  @Override
  public Share run(Scope at) {
    long[] digit = Digits.of(at.deals() ? mask : masked, DIGIT, POSITIONS);
    OneHot.Vectors hot = new OneHot(digit, count, POSITIONS).run(at.in("hot"));
    Share[] v = hot.lookUp(at, Digits.index(digit), count, POWERS, TABLE_FRACTION);
    Wire w = at.in("v").open(v[0]);
    long[] kappa = at.deals() ? kappas(hot.signs()) : new long[0]; // sign · 2^−λ_low
    long[] lambda = w.mask();
    long[] k = at.in("k").deal(count, WIDE, kappa::clone);
    long[] kl = at.in("kl").deal(count, WIDE, () -> products(kappa, lambda, 0));
    long[] km =
        at.in("km").deal(count, WIDE - TABLE_RING, () -> products(kappa, lambda, TABLE_RING - 1));
    int fraction = TABLE_FRACTION + KAPPA_FRACTION + LOW_FRACTION;
    if (at.deals()) {
      return Share.shape(count, WIDE - (fraction - FRACTION), FRACTION);
    }
    long[] m = w.masked();
    long low = 1L << (TABLE_RING - 2);
    long keep = Words.mask(TABLE_RING);
    long[] out = new long[count];
    for (int i = 0; i < count; i++) {
      long u = (m[i] + low) & keep;
      long wraps = -(~(u >>> (TABLE_RING - 1)) & 1);
      long z = (u - low) * k[i] - kl[i] + (wraps & (km[i] << TABLE_RING));
      out[i] = z * POWER_OF_LOW[(int) masked[i] & ((1 << DIGIT) - 1)];
    }
    return new TruncateReduce(new Share(out, WIDE, fraction), fraction - FRACTION)
        .run(at.in("round"));
  }

  /** 2^(u·low/256) with 7 fraction bits, by the public low digit. */
  private static final long[] POWER_OF_LOW = new long[1 << DIGIT];

  static {
    for (int i = 0; i < POWER_OF_LOW.length; i++) {
      POWER_OF_LOW[i] = Math.round(Math.pow(2, LOW_FRACTION + HeadShape.SCORE_UNIT * i / 256.0));
    }
  }

  /** a·⌊b·2^−shift⌋, one by one. */
  private static long[] products(long[] a, long[] b, int shift) {
    long[] out = new long[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a[i] * (b[i] >>> shift);
    }
    return out;
  }

  private long[] kappas(long[] signs) {
    long[] out = new long[count];
    for (int i = 0; i < count; i++) {
      out[i] = signs[i] * powerOfMask(mask[i] & ((1 << DIGIT) - 1));
    }
    return out;
  }

  /** 2^(−u·2^b/256) in 2^−63, by bit b of a low digit. */
  private static final long[] FACTORS = new long[DIGIT];

  static {
    for (int b = 0; b < DIGIT; b++) {
      FACTORS[b] = (long) Math.rint(Math.pow(2, 63 - HeadShape.SCORE_UNIT * (1 << b) / 256.0));
    }
  }

  /**
   * 2^(−u·low/256) with 12 fraction bits. The digit is the dealer's secret: the same operations for
   * all of them, which a power of the library's does not promise.
   */
  static long powerOfMask(long low) {
    long power = 1L << 62;
    for (int b = 0; b < DIGIT; b++) {
      long next = Math.multiplyHigh(power, FACTORS[b]) << 1;
      power ^= (power ^ next) & -((low >>> b) & 1);
    }
    int drop = 62 - KAPPA_FRACTION;
    return (power + (1L << (drop - 1))) >> drop;
  }
}
