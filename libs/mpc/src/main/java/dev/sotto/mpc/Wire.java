package dev.sotto.mpc;

import dev.sotto.ring.Words;
import java.util.Arrays;
import java.util.List;

/**
 * ⟨x⟩: {@code size} values of Z_2^ring under a mask, m = x + λ. Both evaluators know m, and each
 * its λ_b; the dealer knows λ = λ0 + λ1 and no m. The words that a role does not know are empty.
 */
public final class Wire {
  private static final long[] NOTHING = {};
  private final Scope site;
  private final int size;
  private final int ring;
  private final int fraction;
  private final long[] mask;
  private final long[] part;
  private final boolean whole;
  private long[] masked = NOTHING;

  Wire(Scope site, int size, int ring, int fraction, long[] mask, long[] part, boolean whole) {
    this.site = site;
    this.size = size;
    this.ring = ring;
    this.fraction = fraction;
    this.mask = mask;
    this.part = part;
    this.whole = whole;
  }

  void open(long[] m) {
    masked = m;
  }

  /** The place that drew the mask: masks of later steps are drawn there too. */
  public Scope site() {
    return site;
  }

  /** Whether its masks are all that its place drew: a slice's are not. */
  boolean whole() {
    return whole;
  }

  public int size() {
    return size;
  }

  public int ring() {
    return ring;
  }

  public int fraction() {
    return fraction;
  }

  /** m = x + λ, known to both evaluators; empty at the dealer. */
  public long[] masked() {
    return masked;
  }

  /** λ_b at an evaluator, λ at the dealer. */
  public long[] mask() {
    return mask;
  }

  /** Whether λ0 + λ1 reached 2^ring: what λ, reduced, has lost. The dealer's. */
  public long[] maskCarries() {
    long[] out = new long[size];
    for (int i = 0; i < size; i++) {
      out[i] = Long.compareUnsigned(mask[i], part[i]) < 0 ? 1 : 0;
    }
    return out;
  }

  /** Values [from, from + count) as a wire of its own, under the same masks. Local. */
  public Wire slice(int from, int count) {
    Wire w =
        new Wire(
            site, count, ring, fraction, cut(mask, from, count), cut(part, from, count), false);
    w.open(cut(masked, from, count));
    return w;
  }

  /**
   * The wires of some of an evaluator's rows each, one after the other, as one of {@code session}
   * at the same place. All must be in one ring. Local.
   */
  public static Wire joined(Session session, List<Wire> rows) {
    Wire first = rows.getFirst();
    Scope site = session.at(first.site.path());
    int size = 0;
    for (Wire r : rows) {
      if (r.ring != first.ring || r.fraction != first.fraction) {
        throw new IllegalArgumentException(r + " does not continue " + first);
      }
      size += r.size;
    }
    long[] mask = new long[size];
    long[] masked = new long[size];
    int at = 0;
    for (Wire r : rows) {
      System.arraycopy(r.mask, 0, mask, at, r.size);
      System.arraycopy(r.masked, 0, masked, at, r.size);
      at += r.size;
    }
    Wire w = new Wire(site, size, first.ring, first.fraction, mask, NOTHING, true);
    w.open(masked);
    return w;
  }

  private static long[] cut(long[] a, int from, int count) {
    return a.length == 0 ? a : Arrays.copyOfRange(a, from, from + count);
  }

  /** The additive share that this wire is: m − λ0 at evaluator-0, −λ1 at evaluator-1. Local. */
  public Share share() {
    if (site.role() == Role.DEALER) {
      return Share.shape(size, ring, fraction);
    }
    boolean first = site.role() == Role.EVALUATOR_0;
    long keep = Words.mask(ring);
    long[] out = new long[size];
    for (int i = 0; i < size; i++) {
      out[i] = ((first ? masked[i] : 0) - mask[i]) & keep;
    }
    return new Share(out, ring, fraction);
  }

  @Override
  public String toString() {
    return "Wire[" + size + " values, ring 2^" + ring + ", fraction " + fraction + "]";
  }
}
