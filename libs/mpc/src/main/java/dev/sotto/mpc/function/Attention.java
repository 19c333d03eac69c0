package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.Extended;
import dev.sotto.mpc.protocol.MultiplyExtended;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Words;
import java.util.List;
import java.util.function.Function;

/**
 * softmax(q·kᵀ/√headDim)·v over the cache and the step's own tokens, causally, as a wire of 2^42
 * with 14 fraction bits. q: [tokens, heads, headDim] → [tokens, heads·headDim]. The step's keys and
 * values are in the cache already. Either the tokens are one sequence's, or each has a cache of its
 * own, all of one {@link #kind}.
 *
 * <p>Weights are 2^(score − M) for a bound M on the row's maximum; the sum over values is
 * normalised late, (e·V)·(1/Σe), by one reciprocal a row. Rounds: scores; maximum (3 or 4); exp;
 * weights, with their row sums; values' sums, with the reciprocal's look-ups; the reciprocal; the
 * result.
 */
public record Attention(Wire q, List<KeyValues> caches, HeadShape shape, int tokens)
    implements Protocol<Wire> {
  private static final int SCORE_FRACTION = 8;
  private static final int SUM_FRACTION = 18;
  private static final int DENOMINATOR_RING = 29; // twice Σe: the lowest octave starts at 2^11
  private static final int RECIPROCAL_RING = 30;
  private static final int WIDE = 64;
  private static final int OUT_RING = 42;
  private static final int OUT_FRACTION = 14;
  static final Octaves RECIPROCAL =
      new Octaves(
          DENOMINATOR_RING,
          new int[] {18, 10},
          true, // Σe falls to 2^−10: the bound on the maximum may lie 8 units of 1.25 above it
          s -> Math.scalb(1.0, Exp2.FRACTION + 1) / s,
          RECIPROCAL_RING,
          SUM_FRACTION);

  /** Over one sequence. */
  public Attention(Wire q, KeyValues cache, HeadShape shape, int tokens) {
    this(q, List.of(cache), shape, tokens);
  }

  /** Checks that tokens of several sequences may be attended together. */
  public Attention {
    if (caches.size() != 1 && caches.size() != tokens) {
      throw new IllegalArgumentException(
          caches.size() + " caches do not fit " + tokens + " tokens");
    }
    int kind = kind(shape, caches.getFirst().tokens());
    if (caches.stream().anyMatch(c -> kind(shape, c.tokens()) != kind)) {
      throw new IllegalArgumentException("these caches are too different in length for one step");
    }
  }

  /**
   * Rows of {@code keys} and of other numbers of keys run through the same protocols in the same
   * rings if this is the same.
   */
  public static int kind(HeadShape shape, int keys) {
    return 2 * shape.valueRing(keys) + (Maximum.counts(keys) ? 1 : 0);
  }

  private Causal causal(int keys) {
    return new Causal(keys - tokens, tokens, shape.heads());
  }

  private Causal causal() {
    if (caches.size() == 1) {
      return causal(caches.getFirst().tokens());
    }
    return new Causal(caches.stream().mapToInt(KeyValues::tokens).toArray(), shape.heads());
  }

  private int sumDrop() {
    return Exp2.FRACTION + shape.valueFraction() - SUM_FRACTION;
  }

  @Override
  public Claim claim() {
    return claim(causal());
  }

  /** Cost of a step that ends with {@code keys} cached tokens. */
  public Claim claim(int keys) {
    return claim(causal(keys));
  }

  private Claim claim(Causal c) {
    int n = c.size();
    int rows = c.rows();
    int out = rows * shape.headDim();
    int ring = shape.valueRing(c.keys());
    int sums = ring - sumDrop();
    Claim claim = Claim.dealing(n, shape.scoreRing()).then(Claim.opening(n, Maximum.RING));
    claim = claim.then(Maximum.claim(c)).then(new Exp2(new long[0], new long[0], n).claim());
    claim =
        claim.then(
            RECIPROCAL
                .claim(rows)
                .with(Claim.opening(n, ring))
                .with(Claim.dealing(out, ring))
                .with(Claim.opening(out, sums)));
    claim = claim.then(Claim.opening(rows, RECIPROCAL_RING));
    for (int i = 0; i < 2; i++) {
      claim =
          claim
              .then(Claim.dealing(out, WIDE - sums))
              .then(Claim.dealing(rows, WIDE - RECIPROCAL_RING));
    }
    claim = claim.then(Claim.dealing(out, WIDE)).then(Claim.dealing(out, WIDE - RECIPROCAL_RING));
    claim = claim.then(Claim.dealing(out, WIDE - sums));
    if (WIDE - sums - RECIPROCAL_RING > 0) {
      claim = claim.then(Claim.dealing(out, WIDE - sums - RECIPROCAL_RING));
    }
    return claim.then(Claim.opening(out, OUT_RING));
  }

  @Override
  public Wire run(Scope at) {
    Causal causal = causal();
    int[] lengths = causal.lengths();
    Wire scores = scores(at.in("scores").weighted(lengths), causal);
    at.session().meter().part("max");
    Wire top = new Maximum(scores, causal).run(at.in("max"));
    Share weights = weights(at.in("exp").weighted(lengths), scores, top, causal);
    Opening first = at.in("p").opening();
    at.in("p").in("weights").weighted(lengths);
    Wire p = first.words("weights", weights.reduce(shape.valueRing(causal.keys())));
    Wire totals = first.words("totals", rowSums(at, weights, causal));
    first.run();
    Opening second = at.in("sum").opening();
    Wire o = second.words("o", sums(at, p, causal));
    Share reciprocal = RECIPROCAL.run(at.in("reciprocal"), totals, second);
    Wire r = at.in("r").open(reciprocal);
    Extended wide = new Extend(o, WIDE).run(at.in("wide"));
    Extended factor = new Extend(r, WIDE, 1L << 12).run(at.in("factor"));
    Share a = new MultiplyExtended(wide, factor, shape.headDim()).run(at.in("normalise"));
    return at.in("a")
        .open(
            new TruncateReduce(a, a.fraction() - OUT_FRACTION)
                .run(at.in("round"))
                .reduce(OUT_RING));
  }

  private Share sums(Scope at, Wire p, Causal causal) {
    return new TruncateReduce(weighted(at.in("attend"), p, causal), sumDrop()).run(at.in("sums"));
  }

  private Wire scores(Scope at, Causal causal) {
    at.session().meter().part("scores");
    Share s = new Scores(q, caches, shape, causal).run(at);
    Share cut = new TruncateReduce(s, s.fraction() - SCORE_FRACTION).run(at.in("round"));
    return at.in("open").open(raised(at, cut.reduce(Maximum.RING)));
  }

  /** The same with the public offset of all scores. */
  private static Share raised(Scope at, Share scores) {
    if (!at.first()) {
      return scores;
    }
    long[] words = scores.words().clone();
    for (int i = 0; i < words.length; i++) {
      words[i] += (long) HeadShape.SCORE_OFFSET << SCORE_FRACTION;
    }
    Words.reduce(words, scores.ring());
    return new Share(words, scores.ring(), scores.fraction());
  }

  /** 2^(score − M): both sides subtract the row's bound locally. */
  private Share weights(Scope at, Wire scores, Wire top, Causal causal) {
    at.session().meter().part("exp");
    int n = causal.size();
    long keep = Words.mask(Maximum.RING);
    boolean deals = at.deals();
    long[] x = deals ? scores.mask() : scores.masked();
    long[] m = deals ? top.mask() : top.masked();
    long[] out = new long[n];
    causal.each(
        (row, start, length) -> {
          long bound = deals ? m[row] << 10 : ((m[row] + 1) << 10) - (1 << (Maximum.RING - 1));
          for (int i = start; i < start + length; i++) {
            out[i] = (x[i] - bound) & keep;
          }
        });
    long[] none = new long[0];
    return new Exp2(deals ? none : out, deals ? out : none, n).run(at);
  }

  /**
   * [p·v]: [tokens, heads, headDim] in the weights' ring. One dealt word a result; z_b as in {@link
   * Scores}.
   */
  private Share weighted(Scope at, Wire p, Causal causal) {
    at.session().meter().part("attend");
    Kernels kernels = at.kernels();
    int n = causal.rows() * shape.headDim();
    int ring = p.ring();
    int fraction = p.fraction() + shape.valueFraction();
    long[] out = at.deal(n, ring, () -> sumOf(kernels, p.mask(), KeyValues.Rows::mask, causal));
    if (at.deals()) {
      return Share.shape(n, ring, fraction);
    }
    long[] plus = sumOf(kernels, p.masked(), KeyValues.Rows::share, causal);
    long[] minus = sumOf(kernels, p.mask(), KeyValues.Rows::masked, causal);
    for (int i = 0; i < n; i++) {
      out[i] += plus[i] - minus[i];
    }
    Words.reduce(out, ring);
    return new Share(out, ring, fraction);
  }

  private long[] sumOf(
      Kernels kernels, long[] weights, Function<KeyValues.Rows, long[]> side, Causal causal) {
    int d = shape.headDim();
    int heads = shape.heads();
    long[] out = new long[causal.rows() * d];
    if (caches.size() == tokens) {
      for (int t = 0; t < tokens; t++) {
        sumOfToken(kernels, weights, t, side.apply(caches.get(t).values()), causal, out);
      }
      return out;
    }
    KeyValues cache = caches.getFirst();
    int all = causal.keys();
    long[] square = new long[tokens * all];
    for (int h = 0; h < heads; h++) {
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(weights, causal.start(t, h), square, t * all, causal.length(t));
      }
      kernels.multiply(
          square,
          0,
          all,
          tokens,
          all,
          side.apply(cache.values()),
          h / shape.group() * d,
          cache.width(),
          d,
          out,
          h * d,
          heads * d);
    }
    return out;
  }

  private void sumOfToken(
      Kernels kernels, long[] weights, int t, long[] values, Causal causal, long[] out) {
    int d = shape.headDim();
    int group = shape.group();
    int all = causal.length(t);
    for (int g = 0; g < shape.kvHeads(); g++) {
      kernels.multiply(
          weights,
          causal.start(t, g * group),
          all,
          group,
          all,
          values,
          g * d,
          shape.kvHeads() * d,
          d,
          out,
          (t * shape.heads() + g * group) * d,
          d);
    }
  }

  private Share rowSums(Scope at, Share p, Causal causal) {
    if (at.deals()) {
      return Share.shape(causal.rows(), DENOMINATOR_RING, p.fraction() + 1);
    }
    long keep = Words.mask(DENOMINATOR_RING);
    long[] out = new long[causal.rows()];
    causal.each(
        (row, start, length) -> {
          long sum = 0;
          for (int i = start; i < start + length; i++) {
            sum += p.words()[i];
          }
          out[row] = (sum << 1) & keep;
        });
    return new Share(out, DENOMINATOR_RING, p.fraction() + 1);
  }
}
