package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.WideMatrix;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Words;

/**
 * [γ·x], element by element, for a secret vector γ held as a matrix of one row: {@link Linear} with
 * a secret diagonal. x: [rows, cols] → [rows, cols]. No round; one dealt word a value. Hides as
 * {@link Linear} does.
 */
public record Diagonal(Wire x, WideMatrix gamma, int ring, int weightFraction)
    implements Protocol<Share> {
  /** Checks the shapes, as {@link Linear} does. */
  public Diagonal {
    if (ring > x.ring() || gamma.inner() != 1 || x.size() % gamma.cols() != 0) {
      throw new IllegalArgumentException(gamma + " does not fit " + x + " in 2^" + ring);
    }
  }

  @Override
  public Claim claim() {
    return Claim.dealing(x.size(), ring);
  }

  @Override
  public Share run(Scope at) {
    int n = x.size();
    int cols = gamma.cols();
    long[] tilde = gamma.onlineRow(); // W̃_b, or P0 + P1 at the dealer
    long[] lambda = x.mask();
    long[] dealt =
        at.deal(
            n,
            ring,
            () -> {
              long[] s = new long[n];
              for (int i = 0; i < n; i++) {
                s[i] = lambda[i] * tilde[i % cols];
              }
              return s;
            });
    if (at.deals()) {
      return Share.shape(n, ring, x.fraction() + weightFraction);
    }
    long[] whole = gamma.maskedRow();
    long keep = Words.mask(ring);
    for (int i = 0; i < n; i++) {
      int j = i % cols;
      dealt[i] = (x.masked()[i] * tilde[j] - lambda[i] * whole[j] + dealt[i]) & keep;
    }
    return new Share(dealt, ring, x.fraction() + weightFraction);
  }
}
