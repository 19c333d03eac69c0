package dev.sotto.mpc;

import dev.sotto.ring.BitPacker;
import dev.sotto.ring.Words;
import java.util.ArrayList;
import java.util.List;

/**
 * One round: every share added here is masked and sent in one message. [x] → ⟨x⟩: evaluator-b sends
 * x_b + λ_b, packed to the bit. Claim: one round, each word once each way at its ring's width.
 *
 * <p>Hides: to evaluator-b the other's message is x_{1−b} + λ_{1−b}, uniform because λ_{1−b} is a
 * stream of the other and the dealer; the dealer receives nothing.
 */
public final class Opening {
  private static final long[] NOTHING = {};
  private static final int AT_ONCE = 1 << 10; // words, of any width whole bytes, in the first cache
  private final Scope at;
  private final List<Item> items = new ArrayList<>();
  private final int[] ofMembers;
  private int bytes;
  private int onward; // further bytes, of evaluator-1's message alone

  /** words: what this role sends, then, in place, what is open. */
  private record Item(long[] words, int bits, How how) {}

  private enum How {
    SUM,
    XOR,
    ONWARD
  }

  Opening(Scope at) {
    this.at = at;
    this.ofMembers = new int[at.session().members().size()];
  }

  /** Adds a share; the wire is complete once the round has run. */
  public Wire words(String name, Share x) {
    Scope site = name.isEmpty() ? at : at.in(name);
    int n = x.size();
    if (at.deals()) {
      long keep = Words.mask(x.ring());
      long[] part = site.stream(Pair.DEALER_EVALUATOR_0, n, x.ring());
      long[] lam = site.stream(Pair.DEALER_EVALUATOR_1, n, x.ring());
      for (int i = 0; i < n; i++) {
        lam[i] = (lam[i] + part[i]) & keep;
      }
      return new Wire(site, n, x.ring(), x.fraction(), lam, part, true);
    }
    long[] lam = site.mask(n, x.ring());
    Wire w = new Wire(site, n, x.ring(), x.fraction(), lam, NOTHING, true);
    long keep = Words.mask(x.ring());
    long[] y = new long[n];
    long[] s = x.words();
    for (int i = 0; i < n; i++) {
      y[i] = (s[i] + lam[i]) & keep;
    }
    add(site, y, x.ring(), How.SUM);
    w.open(y);
    return w;
  }

  /** Adds XOR-shared words of {@code width} bits; {@code mine} is not read at the dealer. */
  public MaskedBits bits(String name, long[] mine, int count, int width) {
    Scope site = at.in(name);
    long[] rho = new long[0];
    long[] y = new long[0];
    if (at.deals()) {
      rho = site.stream(Pair.DEALER_EVALUATOR_0, count, width);
      long[] b = site.stream(Pair.DEALER_EVALUATOR_1, count, width);
      for (int i = 0; i < count; i++) {
        rho[i] ^= b[i];
      }
    } else {
      y = site.mask(count, width);
      for (int i = 0; i < count; i++) {
        y[i] ^= mine[i];
      }
      add(site, y, width, How.XOR);
    }
    return new MaskedBits(y, rho);
  }

  /**
   * Adds words that both evaluators are to know and evaluator-1 does: they are masked as a wire's
   * are, and no part of them is evaluator-0's. In the message of this round, so that evaluator-0
   * need not wait for them before it sends its own. Claim: forwarded. Means nothing to a batch.
   *
   * @param masked at evaluator-1 the words, reduced; at evaluator-0 where they will be once the
   *     round has run; not read at the dealer
   */
  public void onward(long[] masked, int width) {
    if (!at.session().members().isEmpty()) {
      throw new IllegalStateException("rows of several sessions open all that they open alike");
    }
    if (!at.deals()) {
      items.add(new Item(masked, width, How.ONWARD));
      onward += BitPacker.bytes(masked.length, width);
    }
  }

  private void add(Scope site, long[] y, int bits, How how) {
    items.add(new Item(y, bits, how));
    for (int i = 0; i < ofMembers.length; i++) {
      int words = at.session().part(y.length, i, site.weights());
      ofMembers[i] += BitPacker.bytes(words, bits);
    }
    bytes += BitPacker.bytes(y.length, bits);
  }

  /** Sends, receives, and completes every wire of this round. At the dealer nothing happens. */
  public void run() {
    if (at.deals()) {
      at.session().meter().round(0);
      return;
    }
    Session s = at.session();
    int sent = bytes + (at.first() ? 0 : onward);
    byte[] out = s.outgoing(sent);
    int p = 0;
    for (Item i : items) {
      if (i.how != How.ONWARD || !at.first()) {
        p = BitPacker.pack(i.words, 0, i.words.length, i.bits, out, p);
      }
    }
    byte[] in = s.exchange(sent, bytes + (at.first() ? onward : 0));
    s.opened(bytes, ofMembers);
    s.meter().forwarded(onward);
    p = 0;
    for (Item i : items) {
      int n = i.words.length;
      if (i.how == How.ONWARD) {
        p = at.first() ? BitPacker.unpack(in, p, n, i.bits, i.words, 0) : p;
        continue;
      }
      long[] theirs = s.scratch(AT_ONCE);
      for (int from = 0; from < n; from += AT_ONCE) {
        int count = Math.min(AT_ONCE, n - from);
        p = BitPacker.unpack(in, p, count, i.bits, theirs, 0);
        open(i, from, count, theirs);
      }
    }
  }

  private static void open(Item item, int from, int count, long[] theirs) {
    long[] m = item.words;
    if (item.how == How.XOR) {
      for (int j = 0; j < count; j++) {
        m[from + j] ^= theirs[j];
      }
    } else {
      long keep = Words.mask(item.bits);
      for (int j = 0; j < count; j++) {
        m[from + j] = (m[from + j] + theirs[j]) & keep;
      }
    }
  }
}
