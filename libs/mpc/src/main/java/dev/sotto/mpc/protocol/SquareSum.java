package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.ring.Words;

/**
 * [Σ x²] over each row of {@code width} values of an extended wire. No round.
 *
 * <p>x = c − λ + 2^k·n·μ, so x² = c² + 2c(2^k·n·μ − λ) + λ² − 2^(k+1)·n·λμ + 2^(2k)·n·μ: the dealer
 * shares λμ in 2^(K−k−1) and, a row, Σλ² in 2^K. Hides: two dealt secrets, each masked by a stream.
 */
public record SquareSum(Extended x, int width) implements Protocol<Share> {
  private int rows() {
    return x.from().size() / width;
  }

  @Override
  public Claim claim() {
    return Claim.dealing(x.from().size(), x.ring() - x.from().ring() - 1)
        .with(Claim.dealing(rows(), x.ring()));
  }

  @Override
  public Share run(Scope at) {
    int n = x.from().size();
    int ring = x.ring();
    int k = x.from().ring();
    int rows = rows();
    int fraction = 2 * x.from().fraction();
    long[] lambda = x.lambda();
    long[] mu = x.mu();
    long[] lm =
        at.in("lm")
            .deal(
                n,
                ring - k - 1,
                () -> {
                  long[] s = new long[n];
                  for (int i = 0; i < n; i++) {
                    s[i] = lambda[i] * mu[i];
                  }
                  return s;
                });
    long[] ll =
        at.in("ll")
            .deal(
                rows,
                ring,
                () -> {
                  long[] s = new long[rows];
                  for (int i = 0; i < n; i++) {
                    s[i / width] += lambda[i] * lambda[i];
                  }
                  return s;
                });
    if (at.deals()) {
      return Share.shape(rows, ring, fraction);
    }
    long one = at.first() ? 1 : 0;
    int twice = 2 * k;
    for (int r = 0; r < rows; r++) {
      long z = ll[r];
      for (int i = r * width; i < (r + 1) * width; i++) {
        long c = x.c(i);
        long n1 = -x.n(i);
        z += one * c * c + 2 * c * (x.correction(i) - lambda[i]) - (n1 & (lm[i] << (k + 1)));
        if (twice < ring) {
          z += n1 & (mu[i] << twice);
        }
      }
      ll[r] = z;
    }
    Words.reduce(ll, ring);
    return new Share(ll, ring, fraction);
  }
}
