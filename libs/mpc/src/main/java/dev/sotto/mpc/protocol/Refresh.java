package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.ring.Words;

/**
 * The same value, freshly shared: a zero share of the evaluators is added, so that whoever opens it
 * learns the sum alone. Local.
 */
public record Refresh(Share x) implements Protocol<Share> {
  @Override
  public Claim claim() {
    return Claim.LOCAL;
  }

  @Override
  public Share run(Scope at) {
    if (at.deals()) {
      return x;
    }
    long[] z = at.stream(Pair.EVALUATORS, x.size(), x.ring());
    long[] s = x.words();
    long keep = Words.mask(x.ring());
    for (int i = 0; i < z.length; i++) {
      z[i] = (at.first() ? s[i] + z[i] : s[i] - z[i]) & keep;
    }
    return new Share(z, x.ring(), x.fraction());
  }
}
