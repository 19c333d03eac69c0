package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.SecretTable;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.ring.BitPacker;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Words;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of the embedding for tokens that no role sees, by two-server retrievals with one-bit point
 * functions (Boyle, Gilboa and Ishai, CCS 2016), whose vectors choose half of a table's rows to be
 * added up. E = S − P1, where S = E + P1 is known to evaluator-0 alone and, in two summands m_E and
 * −P0, to evaluator-1 and the dealer together; P1 is known to evaluator-1 and the dealer. So
 * evaluator-0 sums rows of S, evaluator-1 and the dealer rows of m_E and P0 under the other key of
 * the same pair, and both sum rows of P1 under a pair of their own: the differences are A =
 * s·S[token] and B = s'·P1[token] ({@link LookUpKeys}).
 *
 * <p>What is left is to take the secret signs off: m_A = A + λ_A and m_B = B + λ_B become known to
 * both evaluators, A by an opening, B as words that evaluator-1 hands on, since evaluator-0 has no
 * part of it. With s = (1 − 2c)·r, where c is known to the evaluators and r = ±1 to the dealer, s·A
 * = (1 − 2c)·(r·m_A − r·λ_A) is affine in the dealer's r and r·λ_A. E[token] = s·A − s'·B is then
 * opened under a mask of its own in 2^k, and extended. Two rounds. → [tokens, hidden] in 2^49 with
 * 30 fraction bits, exact for values below {@link #most} in magnitude.
 *
 * <p>The dealer's part is online, the only one it has; it receives nothing but keys and r. Keys are
 * not proven to be one-hot: a caller can feed any vector.
 *
 * <p>Hides: keys and signs as LookUpKeys has it. Each of the dealer's words for evaluator-1 is
 * under a stream of the dealer and evaluator-0; each word between the evaluators is under its
 * sender's summand of a mask that the other does not know.
 */
public final class TokenLookUp {
  private static final int TABLE_RING = 32;
  private static final int FRACTION = 14;
  private static final int RESIDUAL_RING = 49;
  private static final int RESIDUAL_FRACTION = 30;
  private static final int SPARE = RESIDUAL_FRACTION - FRACTION; // it is the ring's lower end

  // Places of what the dealer sends, inside the look-up's own
  private static final String PART = "part";
  private static final String PAD = "pad";
  private static final String ROW = "row";
  private static final String SIGN = "/sign";
  private static final String PRODUCT = "/product";

  private final Picks picks;
  private final int ring;

  /**
   * Look-ups in an embedding held as [vocab, hidden].
   *
   * @param wholeBits its values are below 2^wholeBits in magnitude
   */
  public TokenLookUp(SecretTable embedding, Kernels kernels, int wholeBits) {
    this(new RowPicks(embedding, kernels)::pick, wholeBits);
  }

  /** Look-ups whose local part is done elsewhere. */
  public TokenLookUp(Picks picks, int wholeBits) {
    this.picks = picks;
    this.ring = ring(wholeBits);
  }

  /**
   * The same with another expansion of keys, for the proof that all but the keys hides perfectly.
   */
  TokenLookUp(SecretTable embedding, Kernels kernels, int wholeBits, Points points) {
    this(new RowPicks(embedding, kernels, points)::pick, wholeBits);
  }

  /** This role's own part of a look-up: {@link RowPicks#pick}. */
  @FunctionalInterface
  public interface Picks {
    long[] pick(List<byte[]> keys);
  }

  /** Expands keys: {@link LookUpKeys#expand}. */
  @FunctionalInterface
  interface Points {
    void expand(byte[] key, int party, long[] out, int from);
  }

  /** The values that a table of 32-bit words may have, in whole bits: what is left to extend. */
  public static final int MOST_WHOLE_BITS = TABLE_RING - 2 - FRACTION;

  /** Values must stay below this in magnitude: a quarter of their ring on either side of zero. */
  public static double most(int wholeBits) {
    return Math.scalb(1.0, wholeBits);
  }

  /** Bits of a word of the dealer's part, and of what is opened. */
  public static int ring(int wholeBits) {
    if (wholeBits < 1 || wholeBits > MOST_WHOLE_BITS) {
      throw new IllegalArgumentException(
          "whole bits of an embedding must be 1..%d, not %d".formatted(MOST_WHOLE_BITS, wholeBits));
    }
    return FRACTION + 2 + wholeBits;
  }

  /** Words of the dealer's part for evaluator-1. */
  public static int dealersWords(int tokens, int hidden) {
    return 4 * tokens * hidden + 2 * tokens;
  }

  /** Where the dealer's words go, in this order, each as soon as it is masked. */
  @FunctionalInterface
  public interface Outgoing {
    void put(long[] words);
  }

  /** Where evaluator-1 gets the dealer's part: so many words. */
  @FunctionalInterface
  public interface Incoming {
    long[] receive(int count);
  }

  /**
   * The dealer's message to evaluator-1, {@link #dealersWords} in all. May run on another thread
   * than the dealer's session, with streams of its own.
   *
   * @param path of the place that the evaluators' parts run at
   */
  public void dealerPart(
      Streams streams, String path, int serial, List<byte[]> keys, Outgoing out) {
    Source draws = (pair, place, n) -> drawn(streams, pair, path + "/" + place, serial, n);
    int tokens = keys.size() / 2;
    long[] picked = picks.pick(keys);
    int n = picked.length / 2;
    out.put(masked(half(picked, tokens, 0), draws.words(Pair.DEALER_EVALUATOR_0, PART, n), 1));
    // The pad's mask is both evaluators': evaluator-1 adds its summand before it hands the sum on.
    long[] pad0 = draws.words(Pair.DEALER_EVALUATOR_0, PAD, n);
    out.put(masked(half(picked, tokens, 1), pad0, 1));
    for (int which = 0; which < 2; which++) {
      String place = which == 0 ? ROW : PAD;
      long[] r = new long[tokens];
      for (int t = 0; t < tokens; t++) {
        r[t] = 1 - 2L * LookUpKeys.sign(keys.get(2 * t + which));
      }
      long[] product = which == 0 ? draws.words(Pair.DEALER_EVALUATOR_0, place, n) : pad0;
      long[] other = draws.words(Pair.DEALER_EVALUATOR_1, place, n);
      for (int i = 0; i < n; i++) {
        product[i] = r[i / (n / tokens)] * (product[i] + other[i]);
      }
      out.put(masked(r, draws.words(Pair.DEALER_EVALUATOR_0, place + SIGN, tokens), -1));
      out.put(masked(product, draws.words(Pair.DEALER_EVALUATOR_0, place + PRODUCT, n), -1));
    }
  }

  @FunctionalInterface
  private interface Source {
    long[] words(Pair pair, String place, int count);
  }

  private long[] drawn(Streams streams, Pair pair, String path, int serial, int count) {
    long[] out = new long[count];
    streams.words(pair, Scope.domainOf(path), serial, ring, out, 0, count);
    return out;
  }

  private long[] masked(long[] words, long[] stream, int sign) {
    long[] out = new long[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = words[i] + sign * stream[i];
    }
    Words.reduce(out, ring);
    return out;
  }

  /** Of [tokens, 2, hidden] the parts {@code which}. [tokens, hidden] */
  private static long[] half(long[] picked, int tokens, int which) {
    int hidden = picked.length / (2 * tokens);
    long[] out = new long[tokens * hidden];
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(picked, (2 * t + which) * hidden, out, t * hidden, hidden);
    }
    return out;
  }

  /**
   * What a look-up costs between its session's seats: two openings, the words handed on, and what
   * the extension is dealt. Beside it come the dealer's part, words of the same ring, and the
   * caller's keys.
   */
  public static Claim claim(int tokens, int hidden, int wholeBits) {
    int ring = ring(wholeBits);
    int words = tokens * hidden;
    Claim extension = Claim.dealing(words, RESIDUAL_RING - SPARE - ring);
    return new Claim(0, 0, 0, BitPacker.bytes(words, ring))
        .with(Claim.opening(words, ring))
        .then(Claim.opening(words, ring))
        .then(extension)
        .then(extension);
  }

  /** The dealer's ahead part: what the extension takes. [tokens, hidden] */
  public static Share ahead(Scope at, int tokens, int hidden, int wholeBits) {
    Share shape = Share.shape(tokens * hidden, ring(wholeBits), FRACTION);
    at.in(ROW).open(shape);
    return extended(at, shape);
  }

  /** An evaluator's parts of the dealer's words about one sign. */
  private record Signed(long[] masked, long[] r, long[] product) {}

  /** Evaluator-0's share. */
  public Share first(Scope at, List<byte[]> keys) {
    int tokens = keys.size() / 2;
    long[] part = picks.pick(keys);
    int n = part.length;
    Pair pair = Pair.DEALER_EVALUATOR_0;
    Share rows = new Share(masked(part, at.in(PART).stream(pair, n, ring), -1), ring, FRACTION);
    Opening round = at.in(ROW).opening();
    long[] pad = new long[n];
    round.onward(pad, ring);
    Wire opened = round.words("", rows);
    round.run();
    Signed a = signed(at.in(ROW), opened.masked(), tokens);
    Signed b = signed(at.in(PAD), pad, tokens);
    return finish(at, keys, a, b);
  }

  private Signed signed(Scope at, long[] masked, int tokens) {
    Pair pair = Pair.DEALER_EVALUATOR_0;
    return new Signed(
        masked,
        at.in("sign").stream(pair, tokens, ring),
        at.in("product").stream(pair, masked.length, ring));
  }

  /** Evaluator-1's share. */
  public Share second(Scope at, List<byte[]> keys, Incoming dealer) {
    int tokens = keys.size() / 2;
    long[] part = picks.pick(keys);
    int n = part.length / 2;
    long[] dealt = dealer.receive(dealersWords(tokens, n / tokens));
    long[] rows = masked(half(part, tokens, 0), dealt, 1);
    long[] pad = masked(half(part, tokens, 1), Arrays.copyOfRange(dealt, n, 2 * n), 1);
    pad = masked(pad, at.in(PAD).stream(Pair.DEALER_EVALUATOR_1, n, ring), 1);
    Opening round = at.in(ROW).opening();
    round.onward(pad, ring);
    Wire opened = round.words("", new Share(rows, ring, FRACTION));
    round.run();
    Signed a = signed(dealt, 2 * n, opened.masked(), tokens);
    Signed b = signed(dealt, 3 * n + tokens, pad, tokens);
    return finish(at, keys, a, b);
  }

  private static Signed signed(long[] dealt, int from, long[] masked, int tokens) {
    int products = from + tokens;
    return new Signed(
        masked,
        Arrays.copyOfRange(dealt, from, products),
        Arrays.copyOfRange(dealt, products, products + masked.length));
  }

  /** s·A − s'·B, opened and extended. */
  private Share finish(Scope at, List<byte[]> keys, Signed a, Signed b) {
    int hidden = a.masked.length / a.r.length;
    long[] out = new long[a.masked.length];
    for (int i = 0; i < out.length; i++) {
      int token = i / hidden;
      long c = 1 - 2L * LookUpKeys.sign(keys.get(2 * token));
      long d = 1 - 2L * LookUpKeys.sign(keys.get(2 * token + 1));
      out[i] =
          c * (a.r[token] * a.masked[i] - a.product[i])
              - d * (b.r[token] * b.masked[i] - b.product[i]);
    }
    Words.reduce(out, ring);
    return extended(at, new Share(out, ring, FRACTION));
  }

  private static Share extended(Scope at, Share row) {
    Wire wire = at.in("value").open(row);
    return new Extend(wire, RESIDUAL_RING - SPARE).run(at.in("extend")).share().shiftUp(SPARE);
  }
}
