package dev.sotto.mpc;

import java.util.HashMap;
import java.util.List;
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
  private final List<MaskProducts> members;
  private final Map<Use, Stock> stocks = new HashMap<>();
  private int lastSerial = Integer.MAX_VALUE;

  /** A matrix may be met by wires of several places. */
  private record Use(String matrix, String site) {}

  private record Stock(int serial, int count, long[] rows) {}

  /**
   * The products of one session.
   *
   * @param ahead steps whose rows are computed together, at least 1
   */
  public MaskProducts(Session session, int ahead) {
    this(session, ahead, List.of());
  }

  private MaskProducts(Session session, int ahead, List<MaskProducts> members) {
    this.session = session;
    this.ahead = ahead;
    this.members = members;
  }

  /** Those of a session of several jobs' rows, from their own stocks, in the order of its rows. */
  public static MaskProducts together(Session session, List<MaskProducts> members) {
    return new MaskProducts(session, 1, List.copyOf(members));
  }

  /** No step after {@code serial} will come: none is computed for. */
  public void bound(int serial) {
    lastSerial = serial;
  }

  /** λ·m_W or λ·(P0 + P1) for the wire's mask. [rows, stride] */
  public long[] of(Wire x, SecretMatrix w, int rows) {
    if (!members.isEmpty()) {
      int stride = w.stride();
      long[] out = new long[rows * stride];
      for (int r = 0; r < rows; r++) {
        MaskProducts member = members.get(r);
        Stock s = member.stock(x.site(), x.ring(), w);
        System.arraycopy(
            s.rows, (member.session.serial() - s.serial) * stride, out, r * stride, stride);
      }
      return out;
    }
    if (rows != 1 || !x.whole()) {
      return w.timesMask(session.kernels(), x.mask(), rows);
    }
    Stock s = stock(x.site(), x.ring(), w);
    int from = (session.serial() - s.serial) * w.stride();
    return java.util.Arrays.copyOfRange(s.rows, from, from + w.stride());
  }

  private Stock stock(Scope site, int ring, SecretMatrix w) {
    int serial = session.serial();
    Use use = new Use(w.name(), site.path());
    Stock s = stocks.get(use);
    if (s == null || serial >= s.serial + s.count) {
      s = compute(site, ring, w, serial);
      stocks.put(use, s);
    }
    return s;
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
