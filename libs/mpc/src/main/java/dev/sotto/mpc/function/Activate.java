package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.OneHot;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.ring.LookUpTable;
import dev.sotto.ring.Words;

/**
 * [f(gate)] in 2^22 with 13 fraction bits, from a wire of the same. One round.
 *
 * <p>A fine table (2^8 positions of 1/8, each with a parabola) over gate mod 32 answers where the
 * coarse digit (128 positions of 4) is in −3…3, hence |gate| &lt; 16; gate itself where it is 4 or
 * more, hence gate ≥ 12 (off by less than 8e-5); else 0. Both choices are XOR bits of the coarse
 * one-hot, opened masked in the same round as the look-ups; what the dealer deals (sign, sign·λ,
 * constant; the same times the mask bit) puts sign, offset and choice right at once. No comparison,
 * no further round.
 *
 * <p>With the offset t = μ − λ in a position, in (−1, 1), μ public, λ in [−½, ½) the dealer's: a +
 * b·t + c·t² = (a + b·μ + c·μ² + c·λ²) − λ·(b + 2·c·μ). The evaluators make both brackets of what
 * they looked up, with λ² at its mean of 1/12, round them, and open the second at the ten bits that
 * it has. Argument, errors and bytes: docs/adr/0011.
 *
 * <p>Domain: gate in [−256, 252). Error at most 1.3e-3 for SiLU, 1.8e-3 for GELU.
 *
 * <p>Hides: one-hot vectors with random signs, openings under fresh masks, dealt secrets; nothing
 * else crosses a link.
 */
public record Activate(Wire gate, Activation function) implements Protocol<Share> {
  private static final int COARSE = 7;
  private static final LookUpTable COARSE_TABLE = coarse();

  /** Ring of the gate and of the result. */
  public static final int RING = 22;

  /** Fraction bits of the gate and of the result. */
  public static final int FRACTION = 13;

  /** Bits of the offset within a position. */
  private static final int LOW = 18 - Activation.FINE;

  /** Ring of the sum before it is rounded to the result's. */
  private static final int WIDE = 26;

  private static final int WIDE_FRACTION = WIDE - RING + FRACTION;

  /** Fraction bits of λ. */
  private static final int OFFSET = 7;

  /** Fraction bits of the slope around the mask. */
  private static final int SLOPE_FRACTION = WIDE_FRACTION - OFFSET;

  /** Ring of the same: a position's slope is below a quarter. */
  private static final int SLOPE_RING = SLOPE_FRACTION;

  private static LookUpTable coarse() {
    int n = 1 << COARSE;
    int[] v = new int[n];
    for (int i = 0; i < n; i++) {
      int digit = Tables.signed(i, n);
      v[i] = (Math.abs(digit) <= 3 ? 1 : 0) | (digit >= 4 ? 2 : 0);
    }
    return Tables.bits(v, 2);
  }

  @Override
  public Claim claim() {
    return claim(gate.size());
  }

  static Claim claim(int n) {
    Claim c =
        Claim.dealing(n << (Activation.FINE - 6), 64).with(Claim.dealing(n << (COARSE - 6), 64));
    for (int ring : new int[] {WIDE, SLOPE_RING, 2}) {
      c = c.with(Claim.opening(n, ring));
    }
    for (int ring : new int[] {WIDE, WIDE, WIDE, WIDE - SLOPE_RING, RING}) {
      c = c.with(Claim.dealing(n, ring)).with(Claim.dealing(n, ring));
    }
    return c;
  }

  @Override
  public Share run(Scope at) {
    int n = gate.size();
    long[] source = at.deals() ? gate.mask() : gate.masked();
    long[] fineDigit = Digits.of(source, LOW, Activation.FINE);
    long[] coarseDigit = Digits.of(source, 15, COARSE);
    OneHot.Vectors fine = new OneHot(fineDigit, n, Activation.FINE).run(at.in("fine"));
    OneHot.Vectors coarse = new OneHot(coarseDigit, n, COARSE).run(at.in("coarse"));
    long[] choices = coarse.lookUpBits(at, Digits.index(coarseDigit), n, COARSE_TABLE, 2);
    Share[] abc = fine.lookUp(at, Digits.index(fineDigit), n, function.table(), 0);
    Share[] w = aroundTheMask(at, abc, Digits.of(source, 0, LOW));
    Opening o = at.in("looked").opening();
    Wire value = o.words("value", w[0]);
    Wire slope = o.words("slope", w[1]);
    MaskedBits choice = o.bits("choice", choices, n, 2);
    o.run();

    // the dealer's, and nothing at the evaluators
    long[] sign = fine.signs();
    long[] offset = new long[sign.length]; // ± λ, from −½ on
    long[] constant = new long[sign.length];
    long[] carried = new long[sign.length];
    long[] far = new long[sign.length];
    long[] farGate = new long[sign.length];
    for (int i = 0; i < sign.length; i++) {
      long low = source[i] >>> (LOW - OFFSET) & Words.mask(OFFSET);
      offset[i] = sign[i] * (low - (1L << (OFFSET - 1)));
      constant[i] = offset[i] * slope.mask()[i] - sign[i] * value.mask()[i];
      carried[i] = offset[i] * (slope.mask()[i] >>> (SLOPE_RING - 1));
      far[i] = choice.mask()[i] >>> 1;
      farGate[i] = far[i] * gate.mask()[i];
    }
    long[] s = near(at, "s", WIDE, sign, choice);
    long[] sl = near(at, "sl", WIDE, offset, choice);
    long[] sc = near(at, "sc", WIDE, constant, choice);
    long[] sm = near(at, "sm", WIDE - SLOPE_RING, carried, choice);
    long[] r1 = dealt(at, "r1", RING, far);
    long[] rg = dealt(at, "rg", RING, farGate);
    if (at.deals()) {
      return Share.shape(n, RING, FRACTION);
    }
    long one = at.first() ? 1 : 0;
    long quarter = 1L << (SLOPE_RING - 2);
    long keep = Words.mask(SLOPE_RING);
    long[] z = new long[n];
    for (int i = 0; i < n; i++) {
      // the slope is in 2^k, a quarter of it below zero: see Extend
      long raised = (slope.masked()[i] + quarter) & keep;
      long wraps = -(~(raised >>> (SLOPE_RING - 1)) & 1);
      long parabola =
          s[i] * value.masked()[i]
              - sl[i] * (raised - quarter)
              - (wraps & (sm[i] << SLOPE_RING))
              + sc[i];
      long f = choice.masked()[i] >>> 1;
      long m = gate.masked()[i];
      long itself = f * (one * m - gate.mask()[i]) + (1 - 2 * f) * (r1[i] * m - rg[i]);
      z[i] = parabola + (itself << (WIDE_FRACTION - FRACTION));
    }
    Words.reduce(z, WIDE);
    return new TruncateReduce(new Share(z, WIDE, WIDE_FRACTION), WIDE_FRACTION - FRACTION)
        .run(at.in("down"));
  }

  /**
   * Shares of ± (a + b·μ + c·μ², b + 2·c·μ), as they are opened, from those of ± (a, b, c). Local.
   *
   * @param low the public digit within a position
   */
  private Share[] aroundTheMask(Scope at, Share[] abc, long[] low) {
    long[] w0 = new long[at.deals() ? 0 : gate.size()];
    long[] w1 = new long[w0.length];
    // a digit of λ is cut to its upper bits, and stands for the middle of what they leave open
    long middle = (1L << (LOW - 1)) + (1L << (LOW - OFFSET - 1));
    int drop = 2 * LOW - (Activation.VALUE - Activation.CURVATURE);
    for (int i = 0; i < w0.length; i++) {
      long mu = low[i] - middle; // in 2^−LOW
      long b = abc[1].words()[i];
      long c = abc[2].words()[i];
      w0[i] = abc[0].words()[i] + b * mu + c * ((mu * mu + (1L << (drop - 1))) >> drop);
      w1[i] = (b << LOW) + c * mu; // twice: c has one fraction bit more than b
    }
    return new Share[] {
      rounded(at.in("w0"), w0, WIDE_FRACTION, WIDE),
      rounded(at.in("w1"), w1, SLOPE_FRACTION, SLOPE_RING)
    };
  }

  private Share rounded(Scope at, long[] words, int fraction, int ring) {
    Words.reduce(words, Activation.RING);
    Share x =
        at.deals()
            ? Share.shape(gate.size(), Activation.RING, Activation.VALUE)
            : new Share(words, Activation.RING, Activation.VALUE);
    return new TruncateReduce(x, Activation.VALUE - fraction).run(at).reduce(ring);
  }

  /** [secret] where the near choice is set, else [0]: two dealt words, s and ρ·s. */
  private long[] near(Scope at, String name, int ring, long[] secret, MaskedBits choice) {
    long[] s = dealt(at, name, ring, secret);
    long[] chosen = new long[secret.length];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = (choice.mask()[i] & 1) * secret[i];
    }
    long[] r = dealt(at, "r" + name, ring, chosen);
    for (int i = 0; i < s.length; i++) {
      long c = choice.masked()[i] & 1; // chosen = c ⊕ ρ = c + (1 − 2c)·ρ
      s[i] = c * s[i] + (1 - 2 * c) * r[i];
    }
    return s;
  }

  private long[] dealt(Scope at, String name, int ring, long[] secret) {
    return at.in(name).deal(gate.size(), ring, () -> secret);
  }
}
