package dev.sotto.mpc.protocol;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.dpf.BitPoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What {@link OneHot} gives, for tables of 2^11 positions and more: the vectors grow from point
 * functions, 17·(bits − 7) + 16 bytes a position instead of 2^bits bits. No round.
 *
 * <p>An evaluator's root is its stream with the dealer. The corrections are one message for both:
 * the dealer puts them for evaluator-1, which hands them on to evaluator-0 ahead of the next round.
 *
 * <p>Hides: a point function's key shows its holder nothing of the point ({@link BitPoint}'s
 * assumption; computational, unlike {@link OneHot}); a root serves one point. The sign is random:
 * who holds the one is decided by the roots.
 *
 * @param positions λ at the dealer, each below 2^bits; empty elsewhere
 */
public record OneHotByPoint(long[] positions, int count, int bits)
    implements Protocol<OneHot.Vectors> {
  private static final int ROOT_WORDS = 2;

  private int bytes() {
    return Math.multiplyExact(count, BitPoint.correctionBytes(bits));
  }

  @Override
  public Claim claim() {
    return new Claim(0, bytes(), 0, bytes());
  }

  @Override
  public OneHot.Vectors run(Scope at) {
    BitPoint points = new BitPoint(bits);
    byte[] corrections = new byte[bytes()];
    if (at.deals()) {
      byte[] roots0 = roots(at, Pair.DEALER_EVALUATOR_0);
      byte[] roots1 = roots(at, Pair.DEALER_EVALUATOR_1);
      int[] p = new int[count];
      for (int i = 0; i < count; i++) {
        p[i] = (int) positions[i];
      }
      long[] holders = new long[count];
      points.generate(p, count, roots0, roots1, corrections, 0, holders);
      at.session().put(corrections, corrections.length);
      for (int i = 0; i < count; i++) {
        holders[i] = 1 - 2 * holders[i];
      }
      return new OneHot.Vectors(Role.DEALER, bits, new long[0], holders);
    }
    int party = at.first() ? 0 : 1;
    byte[] root = roots(at, at.first() ? Pair.DEALER_EVALUATOR_0 : Pair.DEALER_EVALUATOR_1);
    if (!at.first()) {
      at.session().take(corrections, corrections.length);
    }
    at.session().forward(corrections, corrections.length);
    long[] u = new long[Math.multiplyExact(count, points.wordsPerPoint())];
    try {
      points.evaluate(party, count, root, corrections, 0, u, 0);
    } catch (IllegalArgumentException e) {
      throw at.session().cheated("the dealer's corrections at " + at + " are damaged", e);
    }
    return new OneHot.Vectors(at.role(), bits, u, new long[0]);
  }

  private byte[] roots(Scope at, Pair pair) {
    long[] words = at.stream(pair, count * ROOT_WORDS, 64);
    byte[] out = new byte[8 * words.length];
    ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(words);
    return out;
  }
}
