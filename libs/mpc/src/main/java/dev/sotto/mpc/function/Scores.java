package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Words;
import java.util.List;
import java.util.function.Function;

/**
 * [q·kᵀ] for the causal pairs of a step with the cached keys of one sequence, or of one for each
 * token. q: [tokens, heads, headDim] → {@link Causal} scores, in the wires' ring. No round; one
 * dealt word a score.
 *
 * <p>z_b = b·m_q·m_k − m_q·λ_kb − λ_qb·m_k + [λ_q·λ_k]_b. Hides: a dealt secret; both wires are
 * masked by streams, and a key's mask is one mask of one value however often it is used.
 */
record Scores(Wire q, List<KeyValues> caches, HeadShape shape, Causal causal)
    implements Protocol<Share> {
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
    long[] out = at.deal(n, ring, () -> causalOf(kernels, q.mask(), KeyValues.Rows::mask));
    if (at.deals()) {
      return Share.shape(n, ring, fraction);
    }
    // b·m_k − λ_kb meets m_q; −m_k meets λ_qb
    long[] plus = causalOf(kernels, q.masked(), KeyValues.Rows::share);
    long[] minus = causalOf(kernels, q.mask(), KeyValues.Rows::masked);
    long keep = Words.mask(ring);
    for (int i = 0; i < n; i++) {
      out[i] = (out[i] + plus[i] - minus[i]) & keep;
    }
    return new Share(out, ring, fraction);
  }

  /** All causal products of queries with one side of the keys. */
  private long[] causalOf(Kernels kernels, long[] queries, Function<KeyValues.Rows, long[]> side) {
    int d = shape.headDim();
    int heads = shape.heads();
    long[] out = new long[causal.size()];
    if (caches.size() == causal.tokens()) {
      for (int t = 0; t < causal.tokens(); t++) {
        ofToken(kernels, queries, t, side.apply(caches.get(t).keys()), out);
      }
      return out;
    }
    KeyValues cache = caches.getFirst();
    int all = causal.keys();
    long[] full = new long[causal.tokens() * all];
    for (int h = 0; h < heads; h++) {
      java.util.Arrays.fill(full, 0);
      kernels.multiplyTransposed(
          queries,
          h * d,
          heads * d,
          causal.tokens(),
          d,
          side.apply(cache.keys()),
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

  /** One token's: the heads of a group are neighbours, and so are their rows of scores. */
  private void ofToken(Kernels kernels, long[] queries, int t, long[] keys, long[] out) {
    int d = shape.headDim();
    int group = shape.group();
    int all = causal.length(t);
    int width = shape.kvHeads() * d;
    for (int g = 0; g < shape.kvHeads(); g++) {
      kernels.multiplyTransposed(
          queries,
          (t * shape.heads() + g * group) * d,
          d,
          group,
          d,
          keys,
          g * d,
          width,
          all,
          out,
          causal.start(t, g * group),
          all);
    }
  }
}
