package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Words;

/**
 * A wire's value in a wider ring, as an affine form in what the dealer knows: x = c − λ + 2^k·n·μ,
 * with c and n public to the evaluators, λ the wire's mask as an integer below 2^k and μ its top
 * bit.
 *
 * @param from the wire, in ring k
 * @param ring the wider ring K
 * @param low x lies in [−low, 2^(k−1) − low)
 * @param lambda an evaluator's share of λ in 2^K; λ at the dealer
 * @param mu an evaluator's share of μ in 2^(K−k); μ at the dealer
 */
public record Extended(Wire from, int ring, long low, long[] lambda, long[] mu) {
  Role role() {
    return from.site().role();
  }

  /** c[i] = ((m + low) mod 2^k) − low. Evaluators. */
  long c(int i) {
    return ((from.masked()[i] + low) & Words.mask(from.ring())) - low;
  }

  /** n[i] = 1 if the top bit of (m + low) mod 2^k is clear, else 0. Evaluators. */
  long n(int i) {
    return ~((from.masked()[i] + low) >>> (from.ring() - 1)) & 1;
  }

  /** 2^k·n[i]·μ_b[i]: this evaluator's part of the correction. */
  long correction(int i) {
    return -n(i) & (mu[i] << from.ring());
  }

  /** [x] in the wider ring. Local. */
  public Share share() {
    int size = from.size();
    if (role() == Role.DEALER) {
      return Share.shape(size, ring, from.fraction());
    }
    boolean first = role() == Role.EVALUATOR_0;
    long keep = Words.mask(ring);
    long[] out = new long[size];
    for (int i = 0; i < size; i++) {
      out[i] = ((first ? c(i) : 0) - lambda[i] + correction(i)) & keep;
    }
    return new Share(out, ring, from.fraction());
  }

  Scope site() {
    return from.site();
  }

  @Override
  public String toString() {
    return "Extended[" + from + " to 2^" + ring + "]";
  }
}
