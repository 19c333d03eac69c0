package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Words;

/**
 * [b·x]: x where the masked bit is set, else zero. No round; two dealt words a value. y where it is
 * not set: add y and select from x − y.
 *
 * <p>With c = b ⊕ ρ public, b = c + (1 − 2c)·ρ, so b·x = c·(m − λ) + (1 − 2c)·(ρ·m − ρ·λ): affine
 * in the dealer's ρ and ρ·λ. Hides: two dealt secrets, each masked by a stream.
 *
 * @param choice one bit a value
 */
public record Select(MaskedBits choice, Wire x) implements Protocol<Share> {
  @Override
  public Claim claim() {
    Claim one = Claim.dealing(x.size(), x.ring());
    return one.with(one);
  }

  @Override
  public Share run(Scope at) {
    int n = x.size();
    int ring = x.ring();
    long[] lambda = x.mask();
    long[] r = at.in("bit").deal(n, ring, () -> choice.mask().clone());
    long[] rl =
        at.in("product")
            .deal(
                n,
                ring,
                () -> {
                  long[] s = new long[n];
                  for (int i = 0; i < n; i++) {
                    s[i] = choice.mask()[i] * lambda[i];
                  }
                  return s;
                });
    if (at.deals()) {
      return Share.shape(n, ring, x.fraction());
    }
    long one = at.first() ? 1 : 0;
    long keep = Words.mask(ring);
    for (int i = 0; i < n; i++) {
      long c = choice.masked()[i];
      long m = x.masked()[i];
      r[i] = (c * (one * m - lambda[i]) + (1 - 2 * c) * (r[i] * m - rl[i])) & keep;
    }
    return new Share(r, ring, x.fraction());
  }
}
