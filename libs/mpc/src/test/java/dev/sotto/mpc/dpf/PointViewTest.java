package dev.sotto.mpc.dpf;

import static dev.sotto.mpc.dpf.FixedKeyHash.BLOCK_BYTES;
import static dev.sotto.mpc.dpf.PointTree.LEVEL_BYTES;
import static dev.sotto.mpc.dpf.PointTree.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one party holds of a point looks the same for any other point: exactly, where the other
 * party's seeds hash to words that nobody else knows (which is the assumption that the package
 * states). Run A deals one point. Run B deals another one to the same root, and the hashes of the
 * other party's seeds are solved for, level by level, so that the corrections come out the same.
 * That each correction can be set to any value by hashes of its own level is the bijection that
 * hides the point.
 */
class PointViewTest {
  private final SecureRandom random = Seeded.random(2718);

  /** What a broken hash does to the unknown party's words, after all else. */
  enum Defect {
    NONE,
    BOTH_CHILDREN_ALIKE,
    A_BIT_SHORT,
    LEAF_IS_ZERO
  }

  /** A hash whose outputs for one party's seed are moved, call by call. */
  private static final class Programmed extends FixedKeyHash {
    private final int party;
    private final long[] low = new long[BitPoint.MAX_BITS];
    private final long[] high = new long[BitPoint.MAX_BITS];
    private int calls;

    Programmed(int number, int party) {
      super(number);
      this.party = party;
    }

    @Override
    void permute(byte[] in, int at, int blocks, byte[] out) {
      super.permute(in, at, blocks, out);
      assertThat(blocks).as("one walk of two parties").isEqualTo(2);
      int block = party * BLOCK_BYTES;
      LONG.set(out, block, (long) LONG.get(out, block) ^ low[calls]);
      LONG.set(out, block + 8, (long) LONG.get(out, block + 8) ^ high[calls]);
      calls++;
    }
  }

  /** Three hashes of one generator. */
  private static final class Hashes {
    final Programmed left;
    final Programmed right;
    final Programmed leaf;
    final Defect defect;

    Hashes(int party, Defect defect) {
      this.defect = defect;
      left = new Programmed(1, party);
      right = new Programmed(2, party);
      leaf = new Programmed(3, party);
    }

    PathWalk walk() {
      left.calls = 0;
      right.calls = 0;
      leaf.calls = 0;
      return new PathWalk(1, broken(left), broken(right), broken(leaf));
    }

    /** The hash as the generator gets to see it. */
    private FixedKeyHash broken(Programmed hash) {
      int block = hash.party * BLOCK_BYTES;
      return new FixedKeyHash(9) {
        private byte[] lefts = new byte[0];

        @Override
        void permute(byte[] in, int at, int blocks, byte[] out) {
          hash.permute(in, at, blocks, out);
          switch (defect) {
            case NONE -> {}
            case A_BIT_SHORT -> {
              // the feed-forward is taken out again, so that bit 9 of what is used is zero
              long word = (long) LONG.get(out, block) ^ (long) LONG.get(in, at + block);
              LONG.set(out, block, (word & ~512L) ^ (long) LONG.get(in, at + block));
            }
            case LEAF_IS_ZERO -> {
              if (hash == leaf) {
                System.arraycopy(in, at + block, out, block, BLOCK_BYTES);
              }
            }
            case BOTH_CHILDREN_ALIKE -> {
              if (hash == right) {
                lefts = out.clone();
                left.calls--;
                left.permute(in, at, blocks, lefts);
                System.arraycopy(lefts, block, out, block, BLOCK_BYTES);
              }
            }
          }
        }
      };
    }
  }

  /** A generator of corrections. */
  private interface Dealer {
    byte[] corrections(int point, byte[][] roots, PathWalk walk);
  }

  private static Dealer bitPoints(int bits) {
    return (point, roots, walk) -> {
      byte[] out = new byte[BitPoint.correctionBytes(bits)];
      new BitPoint(bits, walk).generate(new int[] {point}, 1, roots[0], roots[1], out, 0);
      return out;
    };
  }

  private byte[] root() {
    byte[] root = new byte[BLOCK_BYTES];
    random.nextBytes(root);
    return root;
  }

  /** The corrections of {@code other}, made to look like those of {@code point}. */
  private void alike(Dealer dealer, int bits, int levels, int observed, Defect defect) {
    int point = random.nextInt(1 << bits);
    int other = point ^ (1 + random.nextInt((1 << bits) - 1));
    byte[][] roots = {root(), root()};
    byte[] want = dealer.corrections(point, roots, new Hashes(1 - observed, defect).walk());

    roots[1 - observed] = root();
    Hashes hashes = new Hashes(1 - observed, defect);
    for (int level = 0; level < levels; level++) {
      byte[] got = dealer.corrections(other, roots, hashes.walk());
      int at = level * LEVEL_BYTES;
      boolean toRight = (other >>> (bits - 1 - level) & 1) == 1;
      Programmed lost = toRight ? hashes.left : hashes.right;
      lost.low[level] ^= (long) LONG.get(got, at) ^ (long) LONG.get(want, at);
      lost.high[level] ^= (long) LONG.get(got, at + 8) ^ (long) LONG.get(want, at + 8);
      int control = got[at + BLOCK_BYTES] ^ want[at + BLOCK_BYTES];
      hashes.left.low[level] ^= control & 1;
      hashes.right.low[level] ^= control >> 1 & 1;
    }
    byte[] got = dealer.corrections(other, roots, hashes.walk());
    int at = levels * LEVEL_BYTES;
    hashes.leaf.low[0] ^= (long) LONG.get(got, at) ^ (long) LONG.get(want, at);
    hashes.leaf.high[0] ^= (long) LONG.get(got, at + 8) ^ (long) LONG.get(want, at + 8);
    if (!Arrays.equals(dealer.corrections(other, roots, hashes.walk()), want)) {
      throw new AssertionError("party " + observed + " can tell two points apart");
    }
  }

  private void alike(int bits, Defect defect) {
    for (int observed = 0; observed < 2; observed++) {
      for (int i = 0; i < 200; i++) {
        alike(bitPoints(bits), bits, bits - 7, observed, defect);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 11, 13, 16})
  void anotherPointLooksTheSameToEitherParty(int bits) {
    alike(bits, Defect.NONE);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aBrokenHashIsCaught(Defect defect) {
    assertThatThrownBy(() -> alike(11, defect)).hasMessageContaining("tell two points apart");
  }

  /** The hashes that tests program are those that are used when nobody does. */
  @Test
  void unprogrammedItIsTheRealGenerator() {
    byte[][] roots = {root(), root()};
    byte[] out = new byte[BitPoint.correctionBytes(11)];
    new BitPoint(11).generate(new int[] {1234}, 1, roots[0], roots[1], out, 0);
    assertThat(bitPoints(11).corrections(1234, roots, new Hashes(0, Defect.NONE).walk()))
        .isEqualTo(out);
  }
}
