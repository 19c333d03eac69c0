package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.Extended;
import dev.sotto.mpc.protocol.MultiplyExtended;
import dev.sotto.mpc.protocol.OneHot;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.ring.LookUpTable;
import dev.sotto.ring.Words;
import java.util.function.IntToLongFunction;

/**
 * silu(gate)·up as a wire of 2^49 with 14 fraction bits, from wires of 2^22 and 2^23 with 13. Three
 * rounds: look-ups, silu, product.
 *
 * <p>A fine table (2^9 positions of 1/16, with slope) over gate mod 32 answers where the coarse
 * digit (128 positions of 4) is in −3…3, hence |gate| &lt; 16; gate itself where it is 4 or more,
 * hence gate ≥ 12 (off by less than 8e-5); else 0. Both choices are XOR bits of the coarse one-hot,
 * opened masked in the same round as the look-ups; what the dealer deals (sign, sign·λ_low,
 * constant; the same times the mask bit) puts sign, slope and choice right at once. No comparison,
 * no further round.
 *
 * <p>Domain: gate in [−256, 252), |up| &lt; 512, |product| below the ring. Error of silu at most
 * 1.3e-3, bias below 1e-4.
 *
 * <p>Hides: one-hot vectors with random signs, openings under fresh masks, dealt secrets; nothing
 * else crosses a link.
 */
public record SiluTimesUp(Wire gate, Wire up) implements Protocol<Wire> {
  private static final int FINE = 9;
  private static final int COARSE = 7;
  private static final int RING = 27;
  private static final int FRACTION = 18;
  private static final int LOW = 15 - FINE;
  private static final int PRODUCT = 61;
  private static final LookUpTable FINE_TABLE = fine();
  private static final LookUpTable COARSE_TABLE = coarse();

  /** Fraction bits of the inputs. */
  public static final int INPUT_FRACTION = 13;

  /** Ring of the gate. */
  public static final int GATE_RING = 22;

  private static LookUpTable fine() {
    int n = 1 << FINE;
    double step = 32.0 / n;
    long[][] v = new long[2][n];
    for (int i = 0; i < n; i++) {
      Tables.Line line =
          Tables.Line.at(x -> x / (1 + Math.exp(-x)), Tables.signed(i, n) * step, step);
      v[0][i] = (long) Math.rint(line.value() * (1 << FRACTION));
      v[1][i] = (long) Math.rint(line.slope() * (1 << 8)); // a unit of the low digit is 2^−10
    }
    return new LookUpTable(v, RING);
  }

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
    int n = gate.size();
    Claim c = Claim.dealing(n << (FINE - 6), 64).with(Claim.dealing(n << (COARSE - 6), 64));
    c = c.with(Claim.opening(n, RING)).with(Claim.opening(n, RING)).with(Claim.opening(n, 2));
    for (int i = 0; i < 6; i++) {
      c = c.with(Claim.dealing(n, RING));
    }
    c = c.with(Claim.dealing(n, GATE_RING)).with(Claim.dealing(n, GATE_RING));
    c = c.then(Claim.opening(n, GATE_RING));
    for (int ring : new int[] {GATE_RING, up.ring()}) {
      c = c.then(Claim.dealing(n, PRODUCT - ring)).then(Claim.dealing(n, PRODUCT - ring));
    }
    c = c.then(Claim.dealing(n, PRODUCT)).then(Claim.dealing(n, PRODUCT - up.ring()));
    c =
        c.then(Claim.dealing(n, PRODUCT - GATE_RING))
            .then(Claim.dealing(n, PRODUCT - GATE_RING - up.ring()));
    return c.then(Claim.opening(n, PRODUCT - 12));
  }

  @Override
  public Wire run(Scope at) {
    Wire silu = at.in("silu").open(silu(at));
    Extended a = new Extend(silu, PRODUCT, 1 << 12).run(at.in("a"));
    Extended b = new Extend(up, PRODUCT).run(at.in("b"));
    Share product = new MultiplyExtended(a, b, 1).run(at.in("product"));
    return at.in("d").open(new TruncateReduce(product, 12).run(at.in("round")));
  }

  /** silu(gate) in 2^22 with 13 fraction bits: the first round and what follows it. */
  Share silu(Scope at) {
    int n = gate.size();
    long[] source = at.deals() ? gate.mask() : gate.masked();
    long[] fineDigit = Digits.of(source, 18 - FINE, FINE);
    long[] coarseDigit = Digits.of(source, 15, COARSE);
    long[] low = Digits.of(source, 3, LOW);
    OneHot.Vectors fine = new OneHot(fineDigit, n, FINE).run(at.in("fine"));
    OneHot.Vectors coarse = new OneHot(coarseDigit, n, COARSE).run(at.in("coarse"));
    Share[] v = fine.lookUp(at, Digits.index(fineDigit), n, FINE_TABLE, FRACTION);
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
    long[] s = dealt(at, "s", RING, i -> sign[i]);
    long[] sl = dealt(at, "sl", RING, i -> sign[i] * low[i]);
    long[] sc = dealt(at, "sc", RING, constant);
    long[] rs = dealt(at, "rs", RING, i -> (rho[i] & 1) * sign[i]);
    long[] rl = dealt(at, "rl", RING, i -> (rho[i] & 1) * sign[i] * low[i]);
    long[] rc = dealt(at, "rc", RING, i -> (rho[i] & 1) * constant.applyAsLong(i));
    long[] r1 = dealt(at, "r1", GATE_RING, i -> rho[i] >>> 1);
    long[] rg = dealt(at, "rg", GATE_RING, i -> (rho[i] >>> 1) * gate.mask()[i]);
    if (at.deals()) {
      return Share.shape(n, GATE_RING, INPUT_FRACTION);
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
      z[i] = line + (itself << (FRACTION - INPUT_FRACTION));
    }
    Words.reduce(z, RING);
    return new TruncateReduce(new Share(z, RING, FRACTION), FRACTION - INPUT_FRACTION)
        .run(at.in("down"));
  }

  private long[] dealt(Scope at, String name, int ring, IntToLongFunction secret) {
    int n = gate.size();
    return at.in(name).deal(n, ring, () -> Digits.each(n, secret));
  }
}
