package dev.sotto.mpc.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BitPointTest {
  private final SecureRandom random = Seeded.random(1123);

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 11})
  void everyPointOfADomainAsOneBatch(int bits) {
    int count = 1 << bits;
    int[] points = new int[count];
    Arrays.setAll(points, i -> i);
    assertOneHot(bits, points);
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 13, 16, 19, 20})
  void pointsOfLargeDomains(int bits) {
    int top = (1 << bits) - 1;
    assertOneHot(bits, new int[] {0, top, top >> 1, (top >> 1) + 1, random.nextInt(top), 127, 128});
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 2047, 2048, 2049, 5000})
  void batchesOfAwkwardSizes(int count) {
    int[] points = random.ints(count, 0, 256).toArray();
    assertOneHot(8, points);
  }

  /** Computed by an independent program in another language for point 700 of 1024. */
  @Test
  void aKnownCorrection() {
    HexFormat hex = HexFormat.of();
    byte[] root0 = hex.parseHex("000102030405060708090a0b0c0d0e0f");
    byte[] root1 = hex.parseHex("030a11181f262d343b424950575e656c");
    BitPoint points = new BitPoint(10);
    byte[] corrections = new byte[BitPoint.correctionBytes(10)];
    points.generate(new int[] {700}, 1, root0, root1, corrections, 0);
    assertThat(hex.formatHex(corrections))
        .isEqualTo(
            "6ae9d2815ea6769d62d53b021dc4186d0266aab13bf606a9166a4a8cd10137da6903629d449601671d8699"
                + "ebf8a798fe73120143b14684107e422987ac7eb5651c1271");
  }

  @Test
  void everyPositionEqualsTheTreeWalkedByDefinition() {
    int bits = 9;
    byte[][] roots = {bytes(16), bytes(16)};
    BitPoint points = new BitPoint(bits);
    byte[] corrections = new byte[BitPoint.correctionBytes(bits)];
    points.generate(new int[] {333}, 1, roots[0], roots[1], corrections, 0);
    for (int party = 0; party < 2; party++) {
      long[] out = new long[8];
      points.evaluate(party, 1, roots[party], corrections, 0, out, 0);
      byte[] levels = Arrays.copyOf(corrections, 34);
      for (int block = 0; block < 4; block++) {
        var node = TreeByDefinition.node(roots[party], levels, 2, party, block);
        byte[] leaf = TreeByDefinition.hash(3, node.seed());
        if (node.control()) {
          leaf = TreeByDefinition.xor(leaf, Arrays.copyOfRange(corrections, 34, 50));
        }
        ByteBuffer words = ByteBuffer.wrap(leaf).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(out[2 * block]).isEqualTo(words.getLong(0));
        assertThat(out[2 * block + 1]).isEqualTo(words.getLong(8));
      }
    }
  }

  @Test
  void eachPartyAloneSeesUniformBits() {
    int count = 256;
    int[] points = new int[count];
    Arrays.fill(points, 2_000);
    byte[] roots0 = bytes(16 * count);
    byte[] roots1 = bytes(16 * count);
    BitPoint bits = new BitPoint(12);
    byte[] corrections = new byte[count * BitPoint.correctionBytes(12)];
    bits.generate(points, count, roots0, roots1, corrections, 0);
    for (int party = 0; party < 2; party++) {
      long[] out = new long[count * bits.wordsPerPoint()];
      bits.evaluate(party, count, party == 0 ? roots0 : roots1, corrections, 0, out, 0);
      Seeded.assertUniform(out);
    }
  }

  /** What is sent, bit by bit, and the bit at the point: balanced, wherever the point is. */
  @Test
  void correctionsAndTheHolderOfTheOneAreBalancedForEveryPoint() {
    int count = 4096;
    BitPoint bits = new BitPoint(9);
    int size = BitPoint.correctionBytes(9);
    for (int point : new int[] {0, 77, 511}) {
      int[] points = new int[count];
      Arrays.fill(points, point);
      byte[] corrections = new byte[count * size];
      long[] holders = new long[count];
      bits.generate(points, count, bytes(16 * count), bytes(16 * count), corrections, 0, holders);
      double limit = 6 * Math.sqrt(count) / 2;
      assertThat(Math.abs(Arrays.stream(holders).sum() - count / 2.0)).isLessThan(limit);
      for (int b = 0; b < 8 * size; b++) {
        int ones = 0;
        for (int p = 0; p < count; p++) {
          ones += (corrections[p * size + b / 8] >>> (b % 8)) & 1;
        }
        int inLevel = b % (17 * 8);
        boolean empty = b < 2 * 17 * 8 && (inLevel == 0 || inLevel >= 16 * 8 + 2);
        if (empty) {
          assertThat(ones).as("bit %d is not used", b).isZero();
        } else {
          assertThat(Math.abs(ones - count / 2.0)).as("bit %d", b).isLessThan(limit);
        }
      }
    }
  }

  @Test
  void sizesAreAsStatedAndBadInputIsRefused() {
    assertThat(BitPoint.correctionBytes(8)).isEqualTo(33);
    assertThat(BitPoint.correctionBytes(11)).isEqualTo(84);
    for (int bits : new int[] {-1, 0, 7, 21}) {
      assertThatThrownBy(() -> new BitPoint(bits))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be 8..20");
    }
    BitPoint points = new BitPoint(8);
    byte[] roots = bytes(32);
    byte[] corrections = new byte[66];
    assertThatThrownBy(() -> points.generate(new int[] {5, 256}, 2, roots, roots, corrections, 0))
        .hasMessage("a point lies outside 0..2^8 - 1");
    assertThatThrownBy(() -> points.generate(new int[] {5, -1}, 2, roots, roots, corrections, 0))
        .hasMessage("a point lies outside 0..2^8 - 1");
    assertThatThrownBy(() -> points.generate(new int[] {5, 6}, 2, roots, roots, corrections, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> points.evaluate(0, 2, roots, new byte[65], 0, new long[8], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> points.evaluate(2, 1, roots, corrections, 0, new long[8], 0))
        .hasMessageContaining("party must be 0 or 1");
    corrections[33] = 1;
    assertThatThrownBy(() -> points.evaluate(0, 2, roots, corrections, 0, new long[8], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("damaged at level 0");
  }

  private void assertOneHot(int bits, int[] points) {
    int count = points.length;
    BitPoint shares = new BitPoint(bits);
    byte[] roots0 = bytes(16 * count);
    byte[] roots1 = bytes(16 * count);
    byte[] corrections = new byte[3 + count * BitPoint.correctionBytes(bits)];
    long[] holders = new long[count];
    shares.generate(points, count, roots0, roots1, corrections, 3, holders);
    int words = shares.wordsPerPoint();
    long[] u0 = new long[count * words + 1];
    long[] u1 = new long[count * words + 1];
    shares.evaluate(0, count, roots0, corrections, 3, u0, 1);
    shares.evaluate(1, count, roots1, corrections, 3, u1, 1);
    long[] expected = new long[count * words + 1];
    for (int p = 0; p < count; p++) {
      expected[1 + p * words + (points[p] >> 6)] = 1L << (points[p] & 63);
    }
    for (int p = 0; p < count; p++) {
      long of1 = u1[1 + p * words + (points[p] >> 6)] >>> (points[p] & 63);
      assertThat(holders[p]).as("who holds the one").isEqualTo(of1 & 1);
    }
    for (int i = 0; i < u0.length; i++) {
      u0[i] ^= u1[i];
    }
    assertThat(u0).isEqualTo(expected);
  }

  private byte[] bytes(int n) {
    byte[] b = new byte[n];
    random.nextBytes(b);
    return b;
  }
}
