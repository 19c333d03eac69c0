package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.SecretMatrix;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Words;

/**
 * [x·W] for a secret matrix, in a ring no wider than the wire's. x: [rows, inner] → [rows, cols].
 * No round; the dealer sends one word a result.
 *
 * <p>z_b = m·W̃_b − λ_b·m_W + [λ·(P0 + P1)]_b, with W̃_0 = m_W − P0 and W̃_1 = −P1. The sum is
 * m·(m_W − P0 − P1) − λ·m_W + λ·(P0 + P1) = (m − λ)·W = x·W. The products with masks are made ahead
 * (protocol.md, Linear layers).
 *
 * <p>Hides: the only word sent is the dealer's λ·(P0 + P1), masked by a stream; W is seen under a
 * pad that its holder does not know.
 */
public record Linear(
    Wire x, SecretMatrix w, int rows, int ring, int weightFraction, MaskProducts products)
    implements Protocol<Share> {
  /**
   * Checks the shapes: a result in a ring wider than the wire's would miss the masks' carries, in
   * one wider than the matrix's words all else.
   */
  public Linear {
    if (ring > x.ring() || ring > w.ring() || x.size() != rows * w.inner()) {
      throw new IllegalArgumentException(w + " does not fit " + x + " in 2^" + ring);
    }
  }

  @Override
  public Claim claim() {
    return Claim.dealing(rows * w.cols(), ring);
  }

  @Override
  public Share run(Scope at) {
    int cols = w.cols();
    int fraction = x.fraction() + weightFraction;
    long[] ahead = products.of(x, w, rows); // [rows, stride]
    long[] dealt = at.deal(rows * cols, ring, () -> dense(ahead));
    if (at.deals()) {
      return Share.shape(rows * cols, ring, fraction);
    }
    long[] online = w.timesOnline(at.kernels(), x.masked(), rows);
    int stride = w.stride();
    long keep = Words.mask(ring);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        int i = r * cols + c;
        int j = r * stride + c;
        dealt[i] = (online[j] - ahead[j] + dealt[i]) & keep;
      }
    }
    return new Share(dealt, ring, fraction);
  }

  private long[] dense(long[] padded) {
    int cols = w.cols();
    int stride = w.stride();
    if (cols == stride) {
      return padded.clone();
    }
    long[] out = new long[rows * cols];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(padded, r * stride, out, r * cols, cols);
    }
    return out;
  }
}
