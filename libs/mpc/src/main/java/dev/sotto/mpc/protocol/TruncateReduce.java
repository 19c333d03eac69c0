package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.ring.Words;

/**
 * z = ⌊x / 2^bits⌋ or one more, in a ring {@code bits} narrower. Local: no word, no round, no
 * probability of failure.
 *
 * <p>Why it is right: x0 + x1 = x + c·2^k. (x0 ≫ t) + (x1 ≫ t) + 1 misses at most the carry between
 * the low parts, and what the carry c out of the top adds, 2^(k−t), is what the smaller ring
 * forgets. The mean is x/2^t + 2^−t. Staying in Z_2^k would fail with a probability per element and
 * is not offered.
 *
 * <p>Why it hides: nothing is sent. A zero share of the evaluators comes first, which makes the low
 * bits uniform and so the rounding independent of all that the dealer knows.
 */
public record TruncateReduce(Share x, int bits) implements Protocol<Share> {
  @Override
  public Claim claim() {
    return Claim.LOCAL;
  }

  @Override
  public Share run(Scope at) {
    int ring = x.ring() - bits;
    int fraction = x.fraction() - bits;
    if (at.deals()) {
      return Share.shape(x.size(), ring, fraction);
    }
    long[] z =
        at.stream(
            Pair.EVALUATORS, x.size(), x.ring()); // (1) a zero share: z at one, −z at the other
    long[] s = x.words();
    long keep = Words.mask(x.ring());
    long out = Words.mask(ring);
    if (at.first()) {
      for (int i = 0; i < z.length; i++) {
        z[i] =
            ((((s[i] + z[i]) & keep) >>> bits) + 1)
                & out; // (2) shift, and add the one that the carry may owe
      }
    } else {
      for (int i = 0; i < z.length; i++) {
        z[i] = (((s[i] - z[i]) & keep) >>> bits) & out;
      }
    }
    return new Share(z, ring, fraction);
  }
}
