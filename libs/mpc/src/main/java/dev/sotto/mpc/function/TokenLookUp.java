package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.SecretTable;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.dpf.WordPoint;
import dev.sotto.mpc.dpf.WordPointKey;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Words;
import java.util.List;

/**
 * Rows of the embedding for tokens that no role sees: three two-server retrievals with ring-valued
 * point functions. Each summand of E = m_E − P0 − P1 is known to exactly two roles, so the caller
 * sends each role one key for each of its two pairs; evaluator-b picks from m_E and −P_b, the
 * dealer from −P0 and −P1, and sends its part to evaluator-1 under a stream of each pair. What is
 * picked is in 2^32, half a machine's word, since every row of the table passes through every role;
 * it is opened under a mask and extended, one round. → [tokens, hidden] in 2^49 with 30 fraction
 * bits, exact for values below {@link #MOST} in magnitude.
 *
 * <p>The dealer's part is online, the only one it has; it receives nothing but uniform keys. Keys
 * are not proven to be one-hot: a caller can feed any vector.
 *
 * <p>Hides: a role sees one key of each pair, which is uniform to it (AES as a correlation-robust
 * hash); the dealer's message is masked by a stream that evaluator-1 does not know; a zero share of
 * the evaluators makes what was picked fresh, and it is opened under a mask of its own, of which
 * each evaluator knows one summand.
 */
public final class TokenLookUp {
  private static final int RING = 32;
  private static final int FRACTION = 14;
  private static final int RESIDUAL_RING = 49;
  private static final int RESIDUAL_FRACTION = 30;
  private static final int SPARE = RESIDUAL_FRACTION - FRACTION; // it is the ring's lower end

  /** Rows must stay below this in magnitude: a quarter of their ring on either side of zero. */
  public static final double MOST = Math.scalb(1.0, RING - 2 - FRACTION);

  private final Picks picks;

  /** Look-ups in an embedding held as [vocab, hidden]. */
  public TokenLookUp(SecretTable embedding, Kernels kernels) {
    this(new RowPicks(embedding, kernels)::pick);
  }

  /** Look-ups whose local part is done elsewhere. */
  public TokenLookUp(Picks picks) {
    this.picks = picks;
  }

  /**
   * The same with another expansion of keys, for the proof that all but the keys hides perfectly.
   */
  TokenLookUp(SecretTable embedding, Kernels kernels, Points points) {
    this(new RowPicks(embedding, kernels, points)::pick);
  }

  /** This role's own part of a look-up: {@link RowPicks#pick}. */
  @FunctionalInterface
  public interface Picks {
    long[] pick(List<byte[]> keys);
  }

  /** Expands keys: {@link WordPoint#evaluate(byte[], int, int, long[], int)}. */
  @FunctionalInterface
  interface Points {
    void evaluate(byte[] key, int party, int count, long[] out, int from);
  }

  /** Levels of the point functions over a vocabulary. */
  public static int levels(int vocab) {
    return Math.max(1, 32 - Integer.numberOfLeadingZeros(vocab - 1));
  }

  /** Bytes of a key for a vocabulary. */
  public static int keyBytes(int vocab) {
    return WordPointKey.bytes(levels(vocab));
  }

  /** Bits of a word of the dealer's part. */
  public static int ring() {
    return RING;
  }

  /**
   * The dealer's message to evaluator-1: its part under z0 − z1. May run on another thread than the
   * dealer's session, with streams of its own. [tokens, hidden] in 2^32
   */
  public long[] dealerPart(Streams streams, long domain, int serial, List<byte[]> keys) {
    long[] out = picks.pick(keys);
    long[] z0 = new long[out.length];
    long[] z1 = new long[out.length];
    streams.words(Pair.DEALER_EVALUATOR_0, domain, serial, 64, z0, 0, z0.length);
    streams.words(Pair.DEALER_EVALUATOR_1, domain, serial, 64, z1, 0, z1.length);
    for (int i = 0; i < out.length; i++) {
      out[i] += z0[i] - z1[i];
    }
    Words.reduce(out, RING);
    return out;
  }

  /**
   * What a look-up costs between its session's seats: one opening, and what the extension is dealt.
   * Beside it come the dealer's part, as many words of the same ring, and the caller's keys.
   */
  public static Claim claim(int tokens, int hidden) {
    Claim extension = Claim.dealing(tokens * hidden, RESIDUAL_RING - SPARE - RING);
    return Claim.opening(tokens * hidden, RING).then(extension).then(extension);
  }

  /** The dealer's ahead part: what the extension takes. [tokens, hidden] */
  public static Share ahead(Scope at, int tokens, int hidden) {
    return extended(at, Share.shape(tokens * hidden, RING, FRACTION));
  }

  /** Evaluator-0's share: its part under −z0 + z01. */
  public Share first(Scope at, List<byte[]> keys) {
    return finish(at, picks.pick(keys), Pair.DEALER_EVALUATOR_0, -1, 1);
  }

  /** Evaluator-1's share: its part and the dealer's, under z1 − z01. */
  public Share second(Scope at, List<byte[]> keys, Incoming dealer) {
    long[] out = picks.pick(keys);
    long[] theirs = dealer.receive(out.length);
    for (int i = 0; i < out.length; i++) {
      out[i] += theirs[i];
    }
    return finish(at, out, Pair.DEALER_EVALUATOR_1, 1, -1);
  }

  /** Where evaluator-1 gets the dealer's part: {@code count} words of 2^32. */
  @FunctionalInterface
  public interface Incoming {
    long[] receive(int count);
  }

  private static Share finish(Scope at, long[] part, Pair pair, int ownSign, int zeroSign) {
    long[] own = at.stream(pair, part.length, 64);
    long[] zero = at.stream(Pair.EVALUATORS, part.length, 64);
    for (int i = 0; i < part.length; i++) {
      part[i] += ownSign * own[i] + zeroSign * zero[i];
    }
    Words.reduce(part, RING);
    return extended(at, new Share(part, RING, FRACTION));
  }

  private static Share extended(Scope at, Share row) {
    Wire wire = at.in("row").open(row);
    return new Extend(wire, RESIDUAL_RING - SPARE).run(at.in("extend")).share().shiftUp(SPARE);
  }
}
