package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.NotZero;
import dev.sotto.mpc.protocol.OneHot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The top bucket of each row of scores, 128 buckets of 4 log2 units over [−256, 256), as a wire of
 * 2^7: with M = 4·(bucket + 1) − 256, max &lt; M ≤ max + 8.
 *
 * <p>Suffix sums over the buckets make the zero test of each a thermometer, whose local sum is the
 * top bucket. Two ways to sum, chosen by the public row length:
 *
 * <ul>
 *   <li>up to 63 keys, the dealer deals each score's one-hot in Z_2^8 and the evaluators count: 128
 *       B a score, 3 rounds, exact;
 *   <li>beyond, XOR one-hots (16 B a score): a random word of the evaluators for each score at or
 *       above a bucket, XORed; 4 rounds. Scores that are all there is at or above a bucket go
 *       unseen with 2^−35, so a row fails with (buckets that have scores)·2^−35.
 * </ul>
 *
 * <p>Where a row fails, M is too low: weights above it are wrong, larger than the rings promise to
 * hold, and one head of one token may be nonsense. SmolLM2 has 270 rows a token, of rarely more
 * than a dozen buckets: about one token in ten million, and at most one in a million whatever the
 * scores. No caller can bring it about, because the words are a stream of the two evaluators, new
 * in each step.
 *
 * <p>Hides: dealt one-hots, openings under fresh masks, zero tests by one-time tables.
 */
record Maximum(Wire scores, Causal causal) implements Protocol<Wire> {
  static final int BUCKETS = 128;
  static final int BITS = 7;
  private static final int DIGIT = 10;
  private static final int COUNTED_KEYS = 63;
  private static final int HASH = 35;
  private static final int HASH_DIGIT = 5;
  private static final int COUNTER = 8;

  /** Ring and fraction bits that scores come in: ±256 log2 units. */
  static final int RING = 17;

  private boolean counts() {
    return counts(causal);
  }

  private static boolean counts(Causal causal) {
    return counts(causal.keys());
  }

  /** Whether rows of so many keys are counted, not hashed. */
  static boolean counts(int keys) {
    return keys <= COUNTED_KEYS;
  }

  private int cells() {
    return cells(causal);
  }

  private static int cells(Causal causal) {
    return causal.rows() * (BUCKETS - 1);
  }

  /** Which buckets have scores at or above them, by the opened sums. */
  private static NotZero occupied(Causal causal, long[] masked, long[] mask) {
    int n = cells(causal);
    return counts(causal)
        ? new NotZero(masked, mask, n, COUNTER, BITS)
        : new NotZero(masked, mask, n, HASH, BITS, HASH_DIGIT);
  }

  @Override
  public Claim claim() {
    return claim(causal);
  }

  static Claim claim(Causal causal) {
    int n = causal.size();
    int cells = cells(causal);
    int width = counts(causal) ? COUNTER : HASH;
    Claim c =
        Claim.dealing(counts(causal) ? n * BUCKETS / 8 : 2 * n, 64)
            .then(Claim.opening(cells, width));
    return c.then(occupied(causal, new long[0], new long[0]).claim())
        .then(Claim.opening(causal.rows(), BITS));
  }

  @Override
  public Wire run(Scope at) {
    int n = scores.size();
    long[] digit =
        at.deals()
            ? Digits.of(scores.mask(), DIGIT, BITS)
            : Digits.of(shifted(scores.masked()), DIGIT, BITS); // bucket 0 starts at −256
    Share above;
    if (counts()) {
      long[] sums = countAbove(scores(at, "hot"), digit, n);
      Share s = at.deals() ? Share.shape(cells(), COUNTER, 0) : new Share(sums, COUNTER, 0);
      Wire w = at.in("sums").open(s);
      above = occupied(causal, w.masked(), w.mask()).run(at.in("occupied"));
    } else {
      long[] hashes = hashAbove(at, digit, n);
      Opening o = at.in("hashes").opening();
      MaskedBits b = o.bits("words", hashes, cells(), HASH);
      o.run();
      above = occupied(causal, b.masked(), b.mask()).run(at.in("occupied"));
    }
    return at.in("top").open(rowSums(at, above));
  }

  /** A place whose words are so many for each score, not for each row. */
  private Scope scores(Scope at, String name) {
    return at.in(name).weighted(causal.lengths());
  }

  private static long[] shifted(long[] masked) {
    long[] out = new long[masked.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = masked[i] + (1 << (RING - 1));
    }
    return out;
  }

  /** How many scores of a row lie in bucket j or above, j = 1 … 127: shares in Z_2^8. */
  private long[] countAbove(Scope at, long[] digit, int n) {
    int words = n * BUCKETS / 8; // eight counters a word, each its own ring
    return switch (at.role()) {
      case DEALER -> {
        byte[] r = bytes(at.stream(Pair.DEALER_EVALUATOR_0, words, 64));
        for (int i = 0; i < r.length; i++) {
          r[i] = (byte) -r[i];
        }
        for (int i = 0; i < n; i++) {
          r[i * BUCKETS + (int) digit[i]]++;
        }
        long[] c = new long[words];
        ByteBuffer.wrap(r).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(c);
        at.session().put(c, words, 64);
        yield new long[0];
      }
      case EVALUATOR_0 -> suffixSums(bytes(at.stream(Pair.DEALER_EVALUATOR_0, words, 64)), digit);
      case EVALUATOR_1 -> {
        long[] c = new long[words];
        at.take(c, 64);
        yield suffixSums(bytes(c), digit);
      }
    };
  }

  private static byte[] bytes(long[] words) {
    byte[] out = new byte[8 * words.length];
    ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(words);
    return out;
  }

  private long[] suffixSums(byte[] hot, long[] digit) {
    long[] out = new long[cells()];
    byte[] reversed = new byte[BUCKETS];
    causal.each(
        (row, start, length) -> {
          java.util.Arrays.fill(reversed, (byte) 0);
          for (int i = start; i < start + length; i++) {
            addTurned(hot, i * BUCKETS, (int) digit[i], reversed);
          }
          byte sum = 0;
          for (int j = BUCKETS - 1; j >= 1; j--) {
            sum += reversed[BUCKETS - 1 - j];
            out[row * (BUCKETS - 1) + j - 1] = sum & 0xff;
          }
        });
    return out;
  }

  /**
   * sum[127 − j] += hot[(m − j) mod 128]: with i = 127 − j, hot[(m − 127 + i) mod 128], two runs in
   * order.
   */
  private static void addTurned(byte[] hot, int at, int m, byte[] sum) {
    int split = BUCKETS - 1 - m; // i below it wraps
    for (int i = 0; i < split; i++) {
      sum[i] += hot[at + m + 1 + i];
    }
    for (int i = split; i < BUCKETS; i++) {
      sum[i] += hot[at - split + i];
    }
  }

  /** XOR shares of the XOR of a random word for each score in bucket j or above. */
  private long[] hashAbove(Scope at, long[] digit, int n) {
    OneHot.Vectors hot = new OneHot(digit, n, BITS).run(scores(at, "hot"));
    if (at.deals()) {
      return new long[0];
    }
    long[] random = scores(at, "random").stream(Pair.EVALUATORS, n, HASH);
    long[] out = new long[cells()];
    long[] u = hot.vectors();
    long[] sums = new long[BUCKETS];
    causal.each(
        (row, start, length) -> {
          java.util.Arrays.fill(sums, 0);
          for (int i = start; i < start + length; i++) {
            int turn =
                BUCKETS
                    - 1
                    - (int) digit[i]; // bucket j's bit is u[m − j] = reversed u[j + 127 − m]
            long low = Long.reverse(u[2 * i + 1]);
            long high = Long.reverse(u[2 * i]);
            if (turn >= 64) {
              long t = low;
              low = high;
              high = t;
            }
            int r = turn & 63;
            long a = r == 0 ? low : low >>> r | high << (64 - r);
            long b = r == 0 ? high : high >>> r | low << (64 - r);
            b = suffix(b);
            a = suffix(a) ^ -(b & 1);
            at.kernels().xorWhere(a, b, random[i], sums, 0);
          }
          System.arraycopy(sums, 1, out, row * (BUCKETS - 1), BUCKETS - 1);
        });
    return out;
  }

  /** Bit j becomes the XOR of bits j and above. */
  private static long suffix(long x) {
    for (int s = 1; s < 64; s <<= 1) {
      x ^= x >>> s;
    }
    return x;
  }

  private Share rowSums(Scope at, Share above) {
    if (at.deals()) {
      return Share.shape(causal.rows(), BITS, 0);
    }
    long[] out = new long[causal.rows()];
    for (int r = 0; r < out.length; r++) {
      for (int j = 0; j < BUCKETS - 1; j++) {
        out[r] += above.words()[r * (BUCKETS - 1) + j];
      }
      out[r] &= BUCKETS - 1;
    }
    return new Share(out, BITS, 0);
  }
}
