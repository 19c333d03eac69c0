package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Words;

/**
 * [q·kᵀ] for the causal pairs of a step with the cached keys. q: [tokens, heads, headDim] → {@link
 * Causal} scores, in the wires' ring. No round; one dealt word a score.
 *
 * <p>z_b = b·m_q·m_k − m_q·λ_kb − λ_qb·m_k + [λ_q·λ_k]_b. Hides: a dealt secret; both wires are
 * masked by streams, and a key's mask is one mask of one value however often it is used.
 */
record Scores(Wire q, KeyValues cache, HeadShape shape, Causal causal) implements Protocol<Share> {
  @Override
  public Claim claim() {
    return Claim.dealing(causal.size(), q.ring());
  }

  @Override
  public Share run(Scope at) {
    Kernels kernels = at.kernels();
    int ring = q.ring();
    int n = causal.size();
    int fraction = 2 * q.fraction() + shape.scoreShift();
    long[] lk = cache.keys().mask();
    long[] out = at.deal(n, ring, () -> causalOf(kernels, q.mask(), lk));
    if (at.deals()) {
      return Share.shape(n, ring, fraction);
    }
    long[] mk = cache.keys().masked();
    int used = cache.tokens() * cache.width();
    long[] against = new long[used]; // b·m_k − λ_kb meets m_q; −m_k meets λ_qb
    long one = at.first() ? 1 : 0;
    for (int i = 0; i < used; i++) {
      against[i] = one * mk[i] - lk[i];
    }
    long[] plus = causalOf(kernels, q.masked(), against);
    long[] minus = causalOf(kernels, q.mask(), mk);
    long keep = Words.mask(ring);
    for (int i = 0; i < n; i++) {
      out[i] = (out[i] + plus[i] - minus[i]) & keep;
    }
    return new Share(out, ring, fraction);
  }

  /** All causal products of queries with keys. */
  private long[] causalOf(Kernels kernels, long[] queries, long[] keys) {
    int d = shape.headDim();
    int heads = shape.heads();
    int all = causal.keys();
    long[] out = new long[causal.size()];
    if (causal.tokens()
        == 1) { // the heads of a group are neighbours, and so are their rows of scores
      int group = shape.group();
      for (int g = 0; g < shape.kvHeads(); g++) {
        kernels.multiplyTransposed(
            queries,
            g * group * d,
            d,
            group,
            d,
            keys,
            g * d,
            cache.width(),
            all,
            out,
            causal.start(0, g * group),
            all);
      }
      return out;
    }
    long[] full = new long[causal.tokens() * all];
    for (int h = 0; h < heads; h++) {
      java.util.Arrays.fill(full, 0);
      kernels.multiplyTransposed(
          queries,
          h * d,
          heads * d,
          causal.tokens(),
          d,
          keys,
          h / shape.group() * d,
          cache.width(),
          all,
          full,
          0,
          all);
      for (int t = 0; t < causal.tokens(); t++) {
        System.arraycopy(full, t * all, out, causal.start(t, h), causal.length(t));
      }
    }
    return out;
  }
}
