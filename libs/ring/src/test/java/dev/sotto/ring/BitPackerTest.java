package dev.sotto.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BitPackerTest {
  private static final int[] COUNTS = {0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 130};
  private final SplittableRandom random = new SplittableRandom(0x5077_0002L);

  @Test
  void everyWidthIsOneNumberLeastSignificantFirst() {
    for (int bits = 1; bits <= 64; bits++) {
      for (int count : COUNTS) {
        for (int at = 0; at < 3; at++) {
          long[] words = random.longs(count + 5).toArray();
          BigInteger whole = BigInteger.ZERO;
          for (int i = count - 1; i >= 0; i--) {
            BigInteger word =
                new BigInteger(Long.toUnsignedString(words[2 + i] & Words.mask(bits)));
            whole = whole.shiftLeft(bits).or(word);
          }
          int bytes = BitPacker.bytes(count, bits);
          byte[] packed = new byte[at + bytes + 9];
          Arrays.fill(packed, (byte) 0x5a);
          byte[] expected = packed.clone();
          byte[] number = whole.toByteArray(); // most significant first, maybe one byte too many
          for (int i = 0; i < bytes; i++) {
            int j = number.length - 1 - i;
            expected[at + i] = j < 0 ? 0 : number[j];
          }
          assertThat(BitPacker.pack(words, 2, count, bits, packed, at)).isEqualTo(at + bytes);
          assertThat(packed).as("%d words of %d bits at %d", count, bits, at).isEqualTo(expected);

          long[] back = new long[count + 5];
          Arrays.fill(back, 99);
          long[] expectedBack = back.clone();
          for (int i = 0; i < count; i++) {
            expectedBack[1 + i] = words[2 + i] & Words.mask(bits);
          }
          assertThat(BitPacker.unpack(packed, at, count, bits, back, 1)).isEqualTo(at + bytes);
          assertThat(back).as("%d words of %d bits at %d", count, bits, at).isEqualTo(expectedBack);
        }
      }
    }
  }

  @Test
  void rangesThatEndWithTheArrayAreRead() {
    for (int bits = 1; bits <= 64; bits++) {
      for (int count : COUNTS) {
        long[] words = random.longs(count).map(w -> w & -1L).toArray();
        byte[] packed = new byte[BitPacker.bytes(count, bits)];
        long[] back = new long[count];
        BitPacker.pack(words, 0, count, bits, packed, 0);
        BitPacker.unpack(packed, 0, count, bits, back, 0);
        Words.reduce(words, bits);
        assertThat(back).isEqualTo(words);
      }
    }
  }

  @Test
  void rangesOutsideAreRefused() {
    long[] words = new long[10];
    byte[] bytes = new byte[10];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BitPacker.pack(words, 0, 10, 9, bytes, 0))
        .withMessage("bytes: 10 words of 9 bits take 12 bytes, which from 0 do not lie within 10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BitPacker.unpack(bytes, 1, 10, 8, words, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BitPacker.unpack(bytes, -1, 1, 8, words, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BitPacker.pack(words, 9, 2, 1, bytes, 0))
        .withMessage("words: 2 from 9 do not lie within 10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BitPacker.pack(words, Integer.MAX_VALUE, 2, 1, bytes, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> BitPacker.bytes(-1, 8));
    assertThatIllegalArgumentException().isThrownBy(() -> BitPacker.bytes(1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> BitPacker.bytes(1, 65));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BitPacker.bytes(Integer.MAX_VALUE, 64))
        .withMessage("count: 2147483647 words of 64 bits do not fit an array");
  }

  @Test
  void wordsKnowTheirSign() {
    assertThat(Words.signed(0xfff, 12)).isEqualTo(-1);
    assertThat(Words.signed(0x7ff, 12)).isEqualTo(2047);
    assertThat(Words.signed(Long.MIN_VALUE, 64)).isEqualTo(Long.MIN_VALUE);
    assertThat(Words.signed(1, 1)).isEqualTo(-1);
    assertThatIllegalArgumentException().isThrownBy(() -> Words.mask(0));
  }
}
