package dev.sotto.mpc;

import java.util.HashMap;
import java.util.Map;

/**
 * Products of masks with the masks of secret matrices, ahead of their use. A mask depends on its
 * place and its step's serial alone, so the rows of many future steps go through a matrix together:
 * bound by arithmetic instead of by memory.
 *
 * <p>A step of several rows (a prefill) is computed when it is asked for; a step of one row from a
 * stock of the next {@link #ahead} steps. Rows of steps that never come are dropped with the
 * session; their masks are never used for anything else.
 */
public final class MaskProducts {
  private final Session session;
  private final int ahead;
  private final Map<Use, Stock> stocks = new HashMap<>();
  private int lastSerial = Integer.MAX_VALUE;

  /** A matrix may be met by wires of several places. */
  private record Use(SecretMatrix matrix, Scope site) {}

  private record Stock(int serial, int count, long[] rows) {}

  /**
   * The products of one session.
   *
   * @param ahead steps whose rows are computed together, at least 1
   */
  public MaskProducts(Session session, int ahead) {
    this.session = session;
    this.ahead = ahead;
  }

  /** No step after {@code serial} will come: none is computed for. */
  public void bound(int serial) {
    lastSerial = serial;
  }

  /** λ·m_W or λ·(P0 + P1) for the wire's mask. [rows, stride] */
  public long[] of(Wire x, SecretMatrix w, int rows) {
    if (rows != 1 || !x.whole()) {
      return w.timesMask(session.kernels(), x.mask(), rows);
    }
    int serial = session.serial();
    int stride = w.stride();
    Use use = new Use(w, x.site());
    Stock s = stocks.get(use);
    if (s == null || serial >= s.serial + s.count) {
      s = compute(x.site(), x.ring(), w, serial);
      stocks.put(use, s);
    }
    return java.util.Arrays.copyOfRange(
        s.rows, (serial - s.serial) * stride, (serial - s.serial + 1) * stride);
  }

  private Stock compute(Scope site, int ring, SecretMatrix w, int serial) {
    int count = Math.max(1, Math.min(ahead, lastSerial - serial + 1));
    int inner = w.inner();
    long[] masks = new long[count * inner];
    long[] other = new long[session.role() == Role.DEALER ? inner : 0];
    Streams streams = session.streams();
    for (int i = 0; i < count; i++) {
      if (session.role() != Role.EVALUATOR_1) {
        streams.words(
            Pair.DEALER_EVALUATOR_0, site.domain(), serial + i, ring, masks, i * inner, inner);
      } else {
        streams.words(
            Pair.DEALER_EVALUATOR_1, site.domain(), serial + i, ring, masks, i * inner, inner);
      }
      if (session.role() == Role.DEALER) {
        streams.words(Pair.DEALER_EVALUATOR_1, site.domain(), serial + i, ring, other, 0, inner);
        for (int j = 0; j < inner; j++) {
          masks[i * inner + j] += other[j];
        }
      }
    }
    dev.sotto.ring.Words.reduce(masks, ring);
    return new Stock(serial, count, w.timesMask(session.kernels(), masks, count));
  }
}
