package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Words;

/**
 * [x·y] of two wires, element by element, in a ring no wider than either's. No round; one dealt
 * word a product.
 *
 * <p>z_b = b·m_x·m_y − m_x·λ_yb − λ_xb·m_y + [λ_x·λ_y]_b, whose sum is (m_x − λ_x)(m_y − λ_y); x
 * and y may be one wire. Hides: a dealt secret, masked by a stream.
 */
public record Multiply(Wire x, Wire y, int ring) implements Protocol<Share> {
  /** Checks the shapes: a result in a ring wider than a wire's would miss its mask's carry. */
  public Multiply {
    if (ring > Math.min(x.ring(), y.ring()) || x.size() != y.size()) {
      throw new IllegalArgumentException(x + " and " + y + " have no product in 2^" + ring);
    }
  }

  @Override
  public Claim claim() {
    return Claim.dealing(x.size(), ring);
  }

  @Override
  public Share run(Scope at) {
    int n = x.size();
    int fraction = x.fraction() + y.fraction();
    long[] lx = x.mask();
    long[] ly = y.mask();
    long[] z =
        at.deal(
            n,
            ring,
            () -> {
              long[] s = new long[n];
              for (int i = 0; i < n; i++) {
                s[i] = lx[i] * ly[i];
              }
              return s;
            });
    if (at.deals()) {
      return Share.shape(n, ring, fraction);
    }
    long one = at.first() ? 1 : 0;
    long keep = Words.mask(ring);
    for (int i = 0; i < n; i++) {
      long mx = x.masked()[i];
      long my = y.masked()[i];
      z[i] = (one * mx * my - mx * ly[i] - lx[i] * my + z[i]) & keep;
    }
    return new Share(z, ring, fraction);
  }
}
