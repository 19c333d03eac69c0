package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.ring.Words;

/**
 * [x·y] of two extended wires in one ring K, element by element; y[i / group] meets x[i]. No round.
 *
 * <p>Both are affine in what the dealer knows, so their product needs the dealer's shares of the
 * cross products: λλ' in 2^K, λμ' in 2^(K−k'), μλ' in 2^(K−k), μμ' in 2^(K−k−k') if anything is
 * left. Hides: four dealt secrets, each masked by a stream.
 */
public record MultiplyExtended(Extended x, Extended y, int group) implements Protocol<Share> {
  /** Checks that there is a y for each group of x. */
  public MultiplyExtended {
    if (x.from().size() != y.from().size() * group) {
      throw new IllegalArgumentException(x + " has not " + group + " values for each of " + y);
    }
  }

  @Override
  public Claim claim() {
    int n = x.from().size();
    int ring = x.ring();
    Claim c = Claim.dealing(n, ring);
    c =
        c.with(Claim.dealing(n, ring - y.from().ring()))
            .with(Claim.dealing(n, ring - x.from().ring()));
    int both = ring - x.from().ring() - y.from().ring();
    return both > 0 ? c.with(Claim.dealing(n, both)) : c;
  }

  @Override
  public Share run(Scope at) {
    int n = x.from().size();
    int ring = x.ring();
    int kx = x.from().ring();
    int ky = y.from().ring();
    int both = ring - kx - ky;
    int fraction = x.from().fraction() + y.from().fraction();
    long[] ll = product(at.in("ll"), ring, x.lambda(), y.lambda());
    long[] lm = product(at.in("lm"), ring - ky, x.lambda(), y.mu());
    long[] ml = product(at.in("ml"), ring - kx, x.mu(), y.lambda());
    long[] mm = both > 0 ? product(at.in("mm"), both, x.mu(), y.mu()) : new long[0];
    if (at.deals()) {
      return Share.shape(n, ring, fraction);
    }
    long keep = Words.mask(ring);
    long one = at.first() ? 1 : 0;
    long[] out = new long[n];
    for (int j = 0; j < n / group; j++) {
      long cy = y.c(j);
      long sy = y.correction(j) - y.lambda()[j];
      long ny = y.n(j);
      for (int i = j * group; i < (j + 1) * group; i++) {
        long cx = x.c(i);
        long nx = x.n(i);
        long sx = x.correction(i) - x.lambda()[i];
        long z = one * cx * cy + cx * sy + cy * sx + ll[i];
        z -= -ny & (lm[i] << ky);
        z -= -nx & (ml[i] << kx);
        if (both > 0) {
          z += -(nx & ny) & (mm[i] << (kx + ky));
        }
        out[i] = z & keep;
      }
    }
    return new Share(out, ring, fraction);
  }

  /** The dealer's products, as its own arrays say; nobody else looks at them. */
  private long[] product(Scope at, int bits, long[] a, long[] b) {
    int n = x.from().size();
    return at.deal(
        n,
        bits,
        () -> {
          long[] s = new long[n];
          for (int j = 0; j < n / group; j++) {
            for (int i = j * group; i < (j + 1) * group; i++) {
              s[i] = a[i] * b[j];
            }
          }
          return s;
        });
  }
}
