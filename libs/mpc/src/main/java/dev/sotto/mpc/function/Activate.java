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
import java.util.function.IntToLongFunction;

/**
 * [f(gate)] in 2^22 with 13 fraction bits, from a wire of the same. One round.
 *
 * <p>A fine table (2^9 positions of 1/16, with slope) over gate mod 32 answers where the coarse
 * digit (128 positions of 4) is in −3…3, hence |gate| &lt; 16; gate itself where it is 4 or more,
 * hence gate ≥ 12 (off by less than 8e-5); else 0. Both choices are XOR bits of the coarse one-hot,
 * opened masked in the same round as the look-ups; what the dealer deals (sign, sign·λ_low,
 * constant; the same times the mask bit) puts sign, slope and choice right at once. No comparison,
 * no further round.
 *
 * <p>Domain: gate in [−256, 252). Error at most 1.3e-3 for SiLU, 2e-3 for GELU.
 *
 * <p>Hides: one-hot vectors with random signs, openings under fresh masks, dealt secrets; nothing
 * else crosses a link.
 */
public record Activate(Wire gate, Activation function) implements Protocol<Share> {
  private static final int COARSE = 7;
  private static final int LOW = 15 - Activation.FINE;
  private static final LookUpTable COARSE_TABLE = coarse();

  /** Ring of the gate and of the result. */
  public static final int RING = 22;

  /** Fraction bits of the gate and of the result. */
  public static final int FRACTION = 13;

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
    c = c.with(Claim.opening(n, Activation.RING)).with(Claim.opening(n, Activation.RING));
    c = c.with(Claim.opening(n, 2));
    for (int i = 0; i < 6; i++) {
      c = c.with(Claim.dealing(n, Activation.RING));
    }
    return c.with(Claim.dealing(n, RING)).with(Claim.dealing(n, RING));
  }

  @Override
  public Share run(Scope at) {
    int n = gate.size();
    long[] source = at.deals() ? gate.mask() : gate.masked();
    long[] fineDigit = Digits.of(source, 18 - Activation.FINE, Activation.FINE);
    long[] coarseDigit = Digits.of(source, 15, COARSE);
    long[] low = Digits.of(source, 3, LOW);
    OneHot.Vectors fine = new OneHot(fineDigit, n, Activation.FINE).run(at.in("fine"));
    OneHot.Vectors coarse = new OneHot(coarseDigit, n, COARSE).run(at.in("coarse"));
    Share[] v = fine.lookUp(at, Digits.index(fineDigit), n, function.table(), Activation.FRACTION);
    Opening o = at.in("looked").opening();
    Wire value = o.words("value", Digits.line(at, v[0], v[1], low));
    Wire slope = o.words("slope", v[1]);
    MaskedBits choice =
        o.bits(
            "choice", coarse.lookUpBits(at, Digits.index(coarseDigit), n, COARSE_TABLE, 2), n, 2);
    o.run();

    long[] sign = fine.signs();
    IntToLongFunction constant = i -> sign[i] * (low[i] * slope.mask()[i] - value.mask()[i]);
    long[] rho = choice.mask();
    long[] s = dealt(at, "s", Activation.RING, i -> sign[i]);
    long[] sl = dealt(at, "sl", Activation.RING, i -> sign[i] * low[i]);
    long[] sc = dealt(at, "sc", Activation.RING, constant);
    long[] rs = dealt(at, "rs", Activation.RING, i -> (rho[i] & 1) * sign[i]);
    long[] rl = dealt(at, "rl", Activation.RING, i -> (rho[i] & 1) * sign[i] * low[i]);
    long[] rc = dealt(at, "rc", Activation.RING, i -> (rho[i] & 1) * constant.applyAsLong(i));
    long[] r1 = dealt(at, "r1", RING, i -> rho[i] >>> 1);
    long[] rg = dealt(at, "rg", RING, i -> (rho[i] >>> 1) * gate.mask()[i]);
    if (at.deals()) {
      return Share.shape(n, RING, FRACTION);
    }
    long one = at.first() ? 1 : 0;
    long[] z = new long[n];
    for (int i = 0; i < n; i++) {
      long near = choice.masked()[i] & 1; // chosen bit = near ⊕ ρ = near + (1 − 2·near)·ρ
      long far = choice.masked()[i] >>> 1;
      long turnNear = 1 - 2 * near;
      long turnFar = 1 - 2 * far;
      long line =
          (near * s[i] + turnNear * rs[i]) * value.masked()[i]
              - (near * sl[i] + turnNear * rl[i]) * slope.masked()[i]
              + near * sc[i]
              + turnNear * rc[i];
      long m = gate.masked()[i];
      long itself = far * (one * m - gate.mask()[i]) + turnFar * (r1[i] * m - rg[i]);
      z[i] = line + (itself << (Activation.FRACTION - FRACTION));
    }
    Words.reduce(z, Activation.RING);
    return new TruncateReduce(
            new Share(z, Activation.RING, Activation.FRACTION), Activation.FRACTION - FRACTION)
        .run(at.in("down"));
  }

  private long[] dealt(Scope at, String name, int ring, IntToLongFunction secret) {
    int n = gate.size();
    return at.in(name).deal(n, ring, () -> Digits.each(n, secret));
  }
}
