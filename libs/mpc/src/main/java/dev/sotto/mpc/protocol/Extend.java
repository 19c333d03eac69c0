package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Words;

/**
 * ⟨x⟩ in 2^k, −low ≤ x &lt; 2^(k−1) − low, in 2^K. No round; the dealer sends 2·(K − k) bits a
 * value.
 *
 * <p>Why it is right: with u = x + low below 2^(k−1) and m' = (u + λ) mod 2^k, u = m' − λ + 2^k·[u
 * + λ ≥ 2^k]; as u is small, the sum wraps exactly where λ's top bit μ is set and that of m' is
 * not.
 *
 * <p>λ itself is not dealt again: λ = λ0 + λ1 − 2^k·carry, so the dealer shares only the carry and
 * μ, each in 2^(K−k). (The reference deals λ in 2^K.) Hides: two dealt secrets, each masked by a
 * stream.
 */
public record Extend(Wire x, int ring, long low) implements Protocol<Extended> {
  /** With a quarter of the ring below zero: −2^(k−2) ≤ x &lt; 2^(k−2). */
  public Extend(Wire x, int ring) {
    this(x, ring, 1L << (x.ring() - 2));
  }

  @Override
  public Claim claim() {
    Claim one = Claim.dealing(x.size(), ring - x.ring());
    return one.with(one);
  }

  @Override
  public Extended run(Scope at) {
    int k = x.ring();
    int n = x.size();
    int wide = ring - k;
    long[] mask = x.mask();
    long[] mu = at.in("msb").deal(n, wide, () -> top(mask, k));
    long[] carry = at.in("carry").deal(n, wide, x::maskCarries);
    if (at.deals()) {
      return new Extended(x, ring, low, mask, top(mask, k));
    }
    long keep = Words.mask(ring);
    for (int i = 0; i < n; i++) {
      carry[i] = (mask[i] - (carry[i] << k)) & keep; // λ_b − 2^k·carry_b: shares of λ in 2^K
    }
    return new Extended(x, ring, low, carry, mu);
  }

  private static long[] top(long[] mask, int k) {
    long[] s = new long[mask.length];
    for (int i = 0; i < s.length; i++) {
      s[i] = mask[i] >>> (k - 1);
    }
    return s;
  }
}
