package dev.sotto.mpc;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
  private static final int MOST_ROWS = 128; // of a pass: what a prompt has, too

  private static final int[] NONE = {};

  private final Session session;
  private final int ahead;
  private final List<MaskProducts> members;
  private final Map<Use, Stock> stocks = new HashMap<>();
  private int lastSerial = Integer.MAX_VALUE;

  /** A matrix may be met by wires of several places. */
  private record Use(String matrix, String site) {}

  /** Rows of the steps from {@code serial} on, in half the room where the ring leaves it. */
  private record Stock(int serial, int count, int stride, long[] wide, int[] narrow) {
    static Stock of(int serial, int count, SecretMatrix w, long[] products, int from) {
      int words = count * w.stride();
      if (w.ring() > Integer.SIZE) {
        return new Stock(
            serial, count, w.stride(), Arrays.copyOfRange(products, from, from + words), NONE);
      }
      int[] narrow = new int[words];
      for (int i = 0; i < words; i++) {
        narrow[i] = (int) products[from + i];
      }
      return new Stock(serial, count, w.stride(), new long[0], narrow);
    }

    void copy(int of, long[] to, int at) {
      int from = (of - serial) * stride;
      if (narrow.length == 0) {
        System.arraycopy(wide, from, to, at, stride);
        return;
      }
      for (int i = 0; i < stride; i++) {
        to[at + i] = narrow[from + i];
      }
    }
  }

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
      return ofMembers(x, w);
    }
    if (rows != 1 || !x.whole()) {
      return w.timesMask(session.kernels(), x.mask(), rows);
    }
    Use use = new Use(w.name(), x.site().path());
    if (!holds(use)) {
      stock(List.of(this), use, x.site(), x.ring(), w);
    }
    long[] row = new long[w.stride()];
    copy(use, row, 0);
    return row;
  }

  /** A row of each member, from its stock; whoever has run out is stocked in the same passes. */
  private long[] ofMembers(Wire x, SecretMatrix w) {
    Use use = new Use(w.name(), x.site().path());
    List<MaskProducts> empty = members.stream().filter(m -> !m.holds(use)).toList();
    for (int from = 0; from < empty.size(); ) {
      int rows = 0;
      int to = from;
      while (to < empty.size() && (to == from || rows + empty.get(to).due() <= MOST_ROWS)) {
        rows += empty.get(to++).due();
      }
      stock(empty.subList(from, to), use, x.site(), x.ring(), w);
      from = to;
    }
    int stride = w.stride();
    long[] out = new long[members.size() * stride];
    for (int i = 0; i < members.size(); i++) {
      members.get(i).copy(use, out, i * stride);
    }
    return out;
  }

  private boolean holds(Use use) {
    Stock s = stocks.get(use);
    return s != null && session.serial() < s.serial + s.count;
  }

  /** How many steps a stock that is made now is for. */
  private int due() {
    return Math.max(1, Math.min(ahead, lastSerial - session.serial() + 1));
  }

  private void copy(Use use, long[] to, int at) {
    Objects.requireNonNull(stocks.get(use)).copy(session.serial(), to, at);
  }

  /** Stocks of several sessions' masks for one use, in one pass over the matrix. */
  private static void stock(List<MaskProducts> all, Use use, Scope site, int ring, SecretMatrix w) {
    int rows = all.stream().mapToInt(MaskProducts::due).sum();
    int inner = w.inner();
    long[] masks = new long[rows * inner];
    int at = 0;
    for (MaskProducts one : all) {
      for (int i = 0; i < one.due(); i++) {
        one.mask(site, one.session.serial() + i, ring, masks, at * inner, inner);
        at++;
      }
    }
    dev.sotto.ring.Words.reduce(masks, ring);
    long[] products = w.timesMask(all.getFirst().session.kernels(), masks, rows);
    int from = 0;
    for (MaskProducts one : all) {
      one.stocks.put(use, Stock.of(one.session.serial(), one.due(), w, products, from));
      from += one.due() * w.stride();
    }
  }

  /** The mask of a step at a place: λ_b at an evaluator, λ at the dealer. */
  private void mask(Scope site, int serial, int ring, long[] out, int from, int inner) {
    Streams streams = session.streams();
    long domain = site.domain();
    if (session.role() == Role.EVALUATOR_1) {
      streams.words(Pair.DEALER_EVALUATOR_1, domain, serial, ring, out, from, inner);
      return;
    }
    streams.words(Pair.DEALER_EVALUATOR_0, domain, serial, ring, out, from, inner);
    if (session.role() == Role.DEALER) {
      long[] other = new long[inner];
      streams.words(Pair.DEALER_EVALUATOR_1, domain, serial, ring, other, 0, inner);
      for (int j = 0; j < inner; j++) {
        out[from + j] += other[j];
      }
    }
  }
}
