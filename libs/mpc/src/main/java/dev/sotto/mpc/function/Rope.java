package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.ring.Words;

/**
 * The joint projection's heads, queries and keys rotated by public angles (RoPE, arXiv 2104.09864,
 * halves as in Llama): [tokens, (heads + 2·kvHeads)·headDim] in 2^40 with 30 fraction bits → wires
 * of queries and keys in 2^(33+s) with 12, of values in 2^45. Two rounds. Domain: |q|, |k| &lt; 256
 * before the rotation, |v| &lt; 256.
 *
 * <p>The angles are public, so the rotation is local on shares; it needs room for 13 more bits,
 * hence the extension and the second opening. Hides: openings and extensions only.
 *
 * @param cosines [tokens][headDim/2]
 * @param sines [tokens][headDim/2]
 */
public record Rope(Share qkv, int tokens, HeadShape shape, double[][] cosines, double[][] sines)
    implements Protocol<Rope.Heads> {
  private static final int NARROW = 13;
  private static final int ANGLE = 13;
  private static final int OUT = 12;

  /** Ring of values and of attention sums. */
  public static final int VALUE_RING = 45;

  /** Wires of one step. q: [tokens, heads, headDim], k and v: [tokens, kvHeads, headDim]. */
  public record Heads(Wire q, Wire k, Wire v) {}

  private int width() {
    return (shape.heads() + shape.kvHeads()) * shape.headDim();
  }

  @Override
  public Claim claim() {
    int n = tokens * width();
    int v = tokens * shape.kvHeads() * shape.headDim();
    int narrow = qkv.ring() - (qkv.fraction() - NARROW);
    int values = qkv.ring() - (qkv.fraction() - shape.valueFraction());
    int wide = shape.scoreRing() + NARROW + ANGLE - OUT;
    Claim c = Claim.opening(n, narrow).with(Claim.opening(v, values));
    c = c.then(Claim.dealing(n, wide - narrow)).then(Claim.dealing(n, wide - narrow));
    c = c.then(Claim.dealing(v, VALUE_RING - values)).then(Claim.dealing(v, VALUE_RING - values));
    int q = tokens * shape.heads() * shape.headDim();
    return c.then(
        Claim.opening(q, shape.scoreRing())
            .with(Claim.opening(n - q, shape.scoreRing()))
            .with(Claim.opening(v, VALUE_RING)));
  }

  @Override
  public Heads run(Scope at) {
    int width = width();
    int joint = shape.joint();
    Share qk =
        new TruncateReduce(qkv.columns(joint, 0, width), qkv.fraction() - NARROW).run(at.in("qk"));
    Share v =
        new TruncateReduce(qkv.columns(joint, width, joint), qkv.fraction() - shape.valueFraction())
            .run(at.in("v"));
    Opening first = at.in("narrow").opening();
    Wire narrowQk = first.words("qk", qk);
    Wire narrowV = first.words("v", v);
    first.run();
    int wide = shape.scoreRing() + NARROW + ANGLE - OUT;
    Share turned = rotate(at, new Extend(narrowQk, wide).run(at.in("wide")).share());
    Share out = new TruncateReduce(turned, NARROW + ANGLE - OUT).run(at.in("round"));
    int split = shape.heads() * shape.headDim();
    Opening second = at.in("out").opening();
    Wire q = second.words("q", out.columns(width, 0, split));
    Wire k = second.words("k", out.columns(width, split, width));
    Wire values = second.words("v", new Extend(narrowV, VALUE_RING).run(at.in("values")).share());
    second.run();
    return new Heads(q, k, values);
  }

  private Share rotate(Scope at, Share x) {
    int fraction = x.fraction() + ANGLE;
    if (at.deals()) {
      return Share.shape(x.size(), x.ring(), fraction);
    }
    int d = shape.headDim();
    int half = d / 2;
    long keep = Words.mask(x.ring());
    long[] in = x.words();
    long[] out = new long[in.length];
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < half; i++) {
        long cos = (long) Math.rint(cosines[t][i] * (1 << ANGLE));
        long sin = (long) Math.rint(sines[t][i] * (1 << ANGLE));
        for (int h = 0; h < shape.heads() + shape.kvHeads(); h++) {
          int a = t * width() + h * d + i;
          int b = a + half;
          out[a] = (in[a] * cos - in[b] * sin) & keep;
          out[b] = (in[b] * cos + in[a] * sin) & keep;
        }
      }
    }
    return new Share(out, x.ring(), fraction);
  }
}
