package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.SecretMatrix;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Diagonal;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.Linear;
import dev.sotto.mpc.protocol.Refresh;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.mpc.testing.ExactView;
import dev.sotto.mpc.testing.Secrets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

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
record BlockJob(Size size, int prompt, int steps, boolean filled, int ahead)
    implements ExactView.Job {
  private static final int WEIGHT = 16;

  /** Widths of a model. */
  record Size(int hidden, int ffn, int vocab, HeadShape heads, RmsNorm.Shape norm) {
    /** As small as it gets. */
    static final Size TINY = of(8, 8, 5, new HeadShape(2, 1, 4, 2048));

    /** SmolLM2-135M, but for the vocabulary. */
    static final Size SMOL = of(576, 1536, 64, new HeadShape(9, 3, 64, 2048));

    /** Several heads to a key, and several panels to a matrix. */
    static final Size WIDE = of(72, 80, 70, new HeadShape(6, 2, 16, 2048));

    private static Size of(int hidden, int ffn, int vocab, HeadShape heads) {
      return new Size(hidden, ffn, vocab, heads, RmsNorm.Shape.of(hidden, 1e-5));
    }
  }

  BlockJob(Size size, int prompt, int steps, boolean filled) {
    this(size, prompt, steps, filled, 1);
  }

  /** What the protocols of a step claim, by part, at every role alike. */
  static Map<String, Claim> claims(Scope at, Secrets secrets) {
    return secrets.keep(at, "claims", LinkedHashMap::new);
  }

  /** One role's work in one step. */
  private final class Work {
    private final Secrets secrets;
    private final int tokens;
    private final KeyValues cache;
    private final MaskProducts products;
    private final Map<String, Claim> claims;

    Work(Scope at, Secrets secrets, int tokens) {
      this.secrets = secrets;
      this.tokens = tokens;
      int width = size.heads.kvHeads() * size.heads.headDim();
      this.cache = secrets.keep(at, "cache", () -> new KeyValues(width));
      this.products = secrets.keep(at, "products", () -> new MaskProducts(at.session(), ahead));
      this.claims = claims(at, secrets);
      claims.clear();
    }

    private void part(Scope at, String part, Claim claim) {
      at.session().meter().part(part);
      claims.merge(part, claim, Claim::then);
    }

    private <R> R run(Scope at, String part, Protocol<R> protocol) {
      part(at, part, protocol.claim());
      return protocol.run(at);
    }

    private Wire open(Scope at, String part, Share x) {
      part(at, part, Claim.opening(x.size(), x.ring()));
      return at.open(x);
    }

    private Linear linear(Scope at, Wire x, String name, int inner, int cols, int rows, int ring) {
      return new Linear(x, secrets.matrix(at, name, inner, cols), rows, ring, WEIGHT, products);
    }

    private Linear narrow(Scope at, Wire x, String name, int cols, int rows) {
      SecretMatrix w = secrets.narrowMatrix(at, name, size.hidden, cols);
      return new Linear(x, w, rows, 32, 13, products);
    }

    Object fill(Scope at) {
      int n = prompt * size.heads.kvHeads() * size.heads.headDim();
      int f = size.heads.valueFraction();
      at.session().meter().part("fill");
      Opening o = at.opening();
      Wire k = o.words("k", secrets.share(at, "k", n, size.heads.scoreRing(), 12));
      Wire v = o.words("v", secrets.share(at, "v", n, Rope.VALUE_RING, f));
      o.run();
      cache.append(k, v);
      return k;
    }

    Share attend(Scope at, Share h) {
      HeadShape heads = size.heads;
      Wire n = run(at.in("norm"), "norm1", new RmsNorm(h, tokens, size.norm));
      Share qkv =
          run(at.in("qkv"), "qkv", linear(at, n, "qkv", size.hidden, heads.joint(), tokens, 40));
      double[][] cosines = new double[tokens][heads.headDim() / 2];
      double[][] sines = new double[tokens][heads.headDim() / 2];
      for (int t = 0; t < tokens; t++) {
        Arrays.fill(cosines[t], 0.8);
        Arrays.fill(sines[t], 0.6);
      }
      Rope.Heads turned = run(at.in("rope"), "qkv", new Rope(qkv, tokens, heads, cosines, sines));
      cache.append(turned.k(), turned.v());
      Wire a = run(at.in("attend"), "attention", new Attention(turned.q(), cache, heads, tokens));
      int inner = heads.heads() * heads.headDim();
      Share o = run(at.in("o"), "o", linear(at, a, "o", inner, size.hidden, tokens, 42));
      Wire z = open(at.in("z"), "o", run(at.in("cut"), "o", new TruncateReduce(o, 14)));
      return run(at.in("extend"), "o", new Extend(z, 35)).share().shiftUp(14);
    }

    Share feed(Scope at, Share h) {
      int ffn = size.ffn;
      Wire n = run(at.in("norm"), "norm2", new RmsNorm(h, tokens, size.norm, 32, 10));
      Share z = run(at.in("gu"), "gate, up", narrow(at, n, "gu", 2 * ffn, tokens));
      Share gate = new TruncateReduce(z.columns(2 * ffn, 0, ffn), 10).run(at.in("gate"));
      Share ups = z.columns(2 * ffn, ffn, 2 * ffn).withFraction(z.fraction() + 1);
      Share up = new TruncateReduce(ups, 11).run(at.in("up"));
      part(
          at,
          "gate, up",
          Claim.opening(gate.size(), gate.ring()).with(Claim.opening(up.size(), up.ring())));
      Opening o = at.opening();
      Wire g = o.words("g", gate);
      Wire u = o.words("u", up);
      o.run();
      Wire d = run(at.in("silu"), "silu", new SiluTimesUp(g, u));
      return run(at.in("down"), "down", linear(at, d, "down", ffn, size.hidden, tokens, 49));
    }

    Share head(Scope at, Share h) {
      Wire n = run(at.in("norm"), "head", new RmsNorm(h, 1, size.norm));
      Diagonal gamma = new Diagonal(n, secrets.matrix(at, "gamma", 1, size.hidden), 40, WEIGHT);
      Share y = run(at.in("gamma"), "head", gamma);
      Wire cut = open(at.in("cut"), "head", new TruncateReduce(y, 16).run(at.in("t")));
      Share room = run(at.in("extend"), "head", new Extend(cut, 37)).share();
      Share factor = new TruncateReduce(room, 5).run(at.in("factor"));
      Wire masked = open(at.in("wide"), "head", factor);
      SecretMatrix embed = secrets.tableMatrix(at, "embed", size.vocab, size.hidden);
      Share z = run(at.in("out"), "head", new Linear(masked, embed, 1, 32, 14, products));
      return new Refresh(new TruncateReduce(z, 11).run(at.in("down"))).run(at.in("refresh"));
    }
  }

  @Override
  public Object step(Scope at, int step, Secrets secrets) {
    int tokens = step == 0 ? prompt : 1;
    Work work = new Work(at, secrets, tokens);
    if (filled && step == 0) {
      return work.fill(at);
    }
    Share h = secrets.share(at, "h" + step, tokens * size.hidden, 49, 30);
    h = h.plus(work.attend(at.in("attention"), h));
    h = h.plus(work.feed(at.in("ffn"), h));
    return work.head(at.in("head"), h.slice((tokens - 1) * size.hidden, size.hidden));
  }
}
