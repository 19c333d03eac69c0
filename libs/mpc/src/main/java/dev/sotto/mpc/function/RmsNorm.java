package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.Extended;
import dev.sotto.mpc.protocol.MultiplyExtended;
import dev.sotto.mpc.protocol.SquareSum;
import dev.sotto.mpc.protocol.TruncateReduce;

/**
 * h / √(mean(h²) + ε), row by row, as a wire of 2^ring with some fraction bits, as the next product
 * takes it; γ belongs to that product's matrix. h: [tokens, hidden] in 2^49 with 30. Five rounds:
 * h, Σh², the octaves' codes and candidates, 1/rms, the quotient.
 *
 * <p>The residual itself is never truncated: the norm truncates its copy. Domain: |h| &lt; 2^17,
 * mean square from 2^(30 − 2f)/hidden to 2^(64 − 2f)/hidden for f = {@link Shape#fraction}.
 */
public record RmsNorm(Share h, int tokens, Shape shape, int ring, int fraction)
    implements Protocol<Wire> {
  private static final int WIDE = 64;

  private static final int ROOT_RING = 28;
  private static final int ROOT_FRACTION = 22;

  /** As products in words of 64 bits take it: in 2^40 with 14 fraction bits. */
  public RmsNorm(Share h, int tokens, Shape shape) {
    this(h, tokens, shape, 40, 14);
  }

  /**
   * What a norm is built for once: the width of a row and the table of 1/√.
   *
   * @param hidden values a row
   * @param fraction fraction bits of the copy of h: as many as let Σh² reach a mean square of
   *     2^24.8 below 2^64
   * @param root 1/√(S / (hidden·2^2f) + ε)
   */
  public record Shape(int hidden, int fraction, Octaves root) {
    /** The shape for rows of {@code hidden} values. */
    public static Shape of(int hidden, double epsilon) {
      int fraction = (int) Math.floor((WIDE - 24.8 - Math.log(hidden) / Math.log(2)) / 2);
      fraction = Math.min(fraction, 16);
      double unit = hidden * Math.scalb(1.0, 2 * fraction);
      Octaves root =
          new Octaves(
              WIDE,
              new int[] {53, 45, 37, 29},
              true,
              s -> 1 / Math.sqrt(s / unit + epsilon),
              ROOT_RING,
              ROOT_FRACTION);
      return new Shape(hidden, fraction, root);
    }

    /** Smallest and largest mean square that the norm is exact for. */
    public double lowest() {
      return Math.scalb(1.0, 30 - 2 * fraction) / hidden;
    }

    /** See {@link #lowest}. */
    public double highest() {
      return Math.scalb(1.0, WIDE - 2 * fraction) / hidden;
    }
  }

  @Override
  public Claim claim() {
    return claim(tokens, shape, h.ring() - (h.fraction() - shape.fraction), ring);
  }

  /** From a copy of h in 2^k with the shape's fraction bits. */
  static Claim claim(int tokens, Shape shape, int k, int ring) {
    int n = tokens * shape.hidden;
    Claim c = Claim.opening(n, k);
    c = c.then(Claim.dealing(n, WIDE - k)).then(Claim.dealing(n, WIDE - k));
    c = c.then(Claim.dealing(n, WIDE - k - 1)).then(Claim.dealing(tokens, WIDE));
    c = c.then(shape.root.claim(tokens)).then(Claim.opening(tokens, ROOT_RING));
    c =
        c.then(Claim.dealing(tokens, WIDE - ROOT_RING))
            .then(Claim.dealing(tokens, WIDE - ROOT_RING));
    c =
        c.then(Claim.dealing(n, WIDE))
            .then(Claim.dealing(n, WIDE - ROOT_RING))
            .then(Claim.dealing(n, WIDE - k));
    if (WIDE - ROOT_RING - k > 0) {
      c = c.then(Claim.dealing(n, WIDE - ROOT_RING - k));
    }
    return c.then(Claim.opening(n, ring));
  }

  @Override
  public Wire run(Scope at) {
    return normalise(
        at,
        new TruncateReduce(h, h.fraction() - shape.fraction).run(at.in("copy")),
        shape,
        ring,
        fraction);
  }

  /** x / √(mean(x²) + ε) for a copy x with the shape's fraction bits. */
  static Wire normalise(Scope at, Share copy, Shape shape, int ring, int fraction) {
    Wire x = at.in("h").open(copy);
    Extended wide = new Extend(x, WIDE).run(at.in("extend"));
    Share squares = new SquareSum(wide, shape.hidden).run(at.in("squares"));
    Share root = shape.root.run(at.in("root"), squares, at.in("sum").opening());
    Wire r = at.in("r").open(root);
    Extended factor = new Extend(r, WIDE, 1L << 12).run(at.in("factor"));
    Share n = new MultiplyExtended(wide, factor, shape.hidden).run(at.in("product"));
    Share out = new TruncateReduce(n, n.fraction() - fraction).run(at.in("round"));
    return at.in("n").open(out.reduce(ring));
  }
}
