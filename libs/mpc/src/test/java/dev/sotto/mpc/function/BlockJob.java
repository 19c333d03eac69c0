package dev.sotto.mpc.function;

import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Diagonal;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.Linear;
import dev.sotto.mpc.protocol.Refresh;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.mpc.testing.ExactView;
import dev.sotto.mpc.testing.Secrets;

/**
 * A transformer block and the output that follows it, as a program of three roles with secret
 * inputs and weights.
 *
 * @param size widths
 * @param prompt tokens of the first step
 * @param steps steps in all, of one token each but the first
 * @param filled whether the first step's keys and values go to the cache as they are: contexts that
 *     would be slow to compute
 */
record BlockJob(Size size, int prompt, int steps, boolean filled) implements ExactView.Job {
  private static final int WEIGHT = 16;

  /** Widths of a model. */
  record Size(int hidden, int ffn, int vocab, HeadShape heads, RmsNorm.Shape norm) {
    /** As small as it gets. */
    static final Size TINY = of(8, 8, 5, HeadShape.of(2, 1, 4, 2048));

    /** Several heads to a key, and several panels to a matrix. */
    static final Size WIDE = of(72, 80, 70, HeadShape.of(6, 2, 16, 2048));

    private static Size of(int hidden, int ffn, int vocab, HeadShape heads) {
      return new Size(hidden, ffn, vocab, heads, RmsNorm.Shape.of(hidden, 1e-5));
    }
  }

  @Override
  public Object step(Scope at, int step, Secrets secrets) {
    KeyValues cache =
        secrets.keep(at, "cache", () -> new KeyValues(size.heads.kvHeads() * size.heads.headDim()));
    if (filled && step == 0) {
      return fill(at, secrets, cache);
    }
    MaskProducts products = secrets.keep(at, "products", () -> new MaskProducts(at.session(), 1));
    int tokens = step == 0 ? prompt : 1;
    Share h = secrets.share(at, "h" + step, tokens * size.hidden, 49, 30);
    h = h.plus(attend(at.in("attention"), h, tokens, secrets, cache, products));
    h = h.plus(feed(at.in("ffn"), h, tokens, secrets, products));
    return head(at.in("head"), h.slice((tokens - 1) * size.hidden, size.hidden), secrets, products);
  }

  private Object fill(Scope at, Secrets secrets, KeyValues cache) {
    int n = prompt * size.heads.kvHeads() * size.heads.headDim();
    Opening o = at.opening();
    Wire k = o.words("k", secrets.share(at, "k", n, size.heads.scoreRing(), 12));
    Wire v = o.words("v", secrets.share(at, "v", n, Rope.VALUE_RING, size.heads.valueFraction()));
    o.run();
    cache.append(k, v);
    return k;
  }

  private Share attend(
      Scope at, Share h, int tokens, Secrets secrets, KeyValues cache, MaskProducts products) {
    Wire n = new RmsNorm(h, tokens, size.norm).run(at.in("norm"));
    Share qkv =
        new Linear(
                n,
                secrets.matrix(at, "qkv", size.hidden, size.heads.joint()),
                tokens,
                40,
                WEIGHT,
                products)
            .run(at.in("qkv"));
    double[][] cosines = new double[tokens][size.heads.headDim() / 2];
    double[][] sines = new double[tokens][size.heads.headDim() / 2];
    for (int t = 0; t < tokens; t++) {
      java.util.Arrays.fill(cosines[t], 0.8);
      java.util.Arrays.fill(sines[t], 0.6);
    }
    Rope.Heads heads = new Rope(qkv, tokens, size.heads, cosines, sines).run(at.in("rope"));
    cache.append(heads.k(), heads.v());
    Wire a = new Attention(heads.q(), cache, size.heads, tokens).run(at.in("attend"));
    Share o =
        new Linear(
                a,
                secrets.matrix(at, "o", size.heads.heads() * size.heads.headDim(), size.hidden),
                tokens,
                42,
                WEIGHT,
                products)
            .run(at.in("o"));
    Wire z = at.in("z").open(new TruncateReduce(o, 14).run(at.in("cut")));
    return new Extend(z, 35).run(at.in("extend")).share().shiftUp(14);
  }

  private Share feed(Scope at, Share h, int tokens, Secrets secrets, MaskProducts products) {
    Wire n = new RmsNorm(h, tokens, size.norm).run(at.in("norm"));
    Share z =
        new Linear(
                n,
                secrets.matrix(at, "gu", size.hidden, 2 * size.ffn),
                tokens,
                40,
                WEIGHT,
                products)
            .run(at.in("gu"));
    Share gate =
        new TruncateReduce(z.columns(2 * size.ffn, 0, size.ffn), 17).run(at.in("gate")).reduce(22);
    Share up =
        new TruncateReduce(z.columns(2 * size.ffn, size.ffn, 2 * size.ffn), 17).run(at.in("up"));
    Opening o = at.opening();
    Wire g = o.words("g", gate);
    Wire u = o.words("u", up);
    o.run();
    Wire d = new SiluTimesUp(g, u).run(at.in("silu"));
    return new Linear(
            d, secrets.matrix(at, "down", size.ffn, size.hidden), tokens, 49, WEIGHT, products)
        .run(at.in("down"));
  }

  private Share head(Scope at, Share h, Secrets secrets, MaskProducts products) {
    Wire n = new RmsNorm(h, 1, size.norm).run(at.in("norm"));
    Share y =
        new Diagonal(n, secrets.matrix(at, "gamma", 1, size.hidden), 40, WEIGHT)
            .run(at.in("gamma"));
    Wire cut = at.in("cut").open(new TruncateReduce(y, 16).run(at.in("t")));
    Wire wide = at.in("wide").open(new Extend(cut, 40).run(at.in("extend")).share());
    Share z =
        new Linear(
                wide, secrets.matrix(at, "embed", size.hidden, size.vocab), 1, 40, WEIGHT, products)
            .run(at.in("out"));
    return new Refresh(new TruncateReduce(z, 18).run(at.in("down"))).run(at.in("refresh"));
  }
}
