package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.ring.Words;

/**
 * (h − mean(h)) / √(variance(h) + ε), row by row, as a wire of 2^40 with 14 fraction bits; γ and β
 * belong to the next matrix. h: [tokens, hidden] in 2^49 with 30. Six rounds: one to make room, and
 * {@link RmsNorm}'s.
 *
 * <p>hidden·h − Σh is the centred row times hidden, exactly and locally, in a ring that is wider by
 * as much. A truncation takes the whole octaves of hidden off again; what is left of it, between 1
 * and 2, cancels in the quotient (ε is scaled with it).
 *
 * <p>Domain: |h| &lt; 2^17; the variance from 1 to 1/4 of what {@link RmsNorm.Shape} says of mean
 * squares at its ends. Hides: openings, extensions and {@link RmsNorm}.
 */
public record LayerNorm(Share h, int tokens, Shape shape) implements Protocol<Wire> {
  private static final int OUT_RING = 40;
  private static final int OUT_FRACTION = 14;

  /**
   * What a norm is built for once.
   *
   * @param centred the norm of centred rows, which are scaled by {@link #scale}
   */
  public record Shape(RmsNorm.Shape centred) {
    /** The shape for rows of {@code hidden} values. */
    public static Shape of(int hidden, double epsilon) {
      double scale = scale(hidden);
      return new Shape(RmsNorm.Shape.of(hidden, scale * scale * epsilon));
    }

    /** Whole octaves of hidden. */
    private int octaves() {
      return 31 - Integer.numberOfLeadingZeros(centred.hidden());
    }

    private static double scale(int hidden) {
      return Math.scalb((double) hidden, Integer.numberOfLeadingZeros(hidden) - 31);
    }

    /** Smallest and largest variance that the norm is exact for. */
    public double lowest() {
      return centred.lowest();
    }

    /** See {@link #lowest}. */
    public double highest() {
      double scale = scale(centred.hidden());
      return centred.highest() / (scale * scale);
    }
  }

  private int narrow() {
    return h.ring() - (h.fraction() - shape.centred.fraction());
  }

  /** Room for hidden·h − Σh, and its sign. */
  private int wide() {
    return narrow() + shape.octaves() + 2;
  }

  @Override
  public Claim claim() {
    int n = h.size();
    Claim dealt = Claim.dealing(n, wide() - narrow());
    return Claim.opening(n, narrow())
        .then(dealt)
        .then(dealt)
        .then(RmsNorm.claim(tokens, shape.centred, wide() - shape.octaves(), OUT_RING));
  }

  @Override
  public Wire run(Scope at) {
    Share copy =
        new TruncateReduce(h, h.fraction() - shape.centred.fraction()).run(at.in("narrow"));
    Wire x = at.in("x").open(copy);
    Share room = new Extend(x, wide()).run(at.in("room")).share();
    Share centred = centred(at, room);
    Share back =
        new TruncateReduce(centred.withFraction(x.fraction() + shape.octaves()), shape.octaves())
            .run(at.in("back"));
    return RmsNorm.normalise(at.in("norm"), back, shape.centred, OUT_RING, OUT_FRACTION);
  }

  private Share centred(Scope at, Share x) {
    if (at.deals()) {
      return x;
    }
    int hidden = shape.centred.hidden();
    long keep = Words.mask(x.ring());
    long[] out = new long[x.size()];
    for (int r = 0; r < out.length; r += hidden) {
      long sum = 0;
      for (int i = r; i < r + hidden; i++) {
        sum += x.words()[i];
      }
      for (int i = r; i < r + hidden; i++) {
        out[i] = (hidden * x.words()[i] - sum) & keep;
      }
    }
    return new Share(out, x.ring(), x.fraction());
  }
}
