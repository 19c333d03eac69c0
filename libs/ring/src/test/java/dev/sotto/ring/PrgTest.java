package dev.sotto.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class PrgTest {
  private static final HexFormat HEX = HexFormat.of();
  private final SplittableRandom random = new SplittableRandom(0x5077_0003L);
  private final byte[] key = HEX.parseHex("2b7e151628aed2a6abf7158809cf4f3c");
  private final Prg prg = new Prg(key);

  /** NIST SP 800-38A, F.5.1: ciphertext is plaintext XOR stream, from block fcfdfeff. */
  @Test
  void theStandardsVector() {
    byte[] plain =
        HEX.parseHex("6bc1bee22e409f96e93d7e117393172a" + "ae2d8a571e03ac9c9eb76fac45af8e51");
    byte[] stream = new byte[32];
    prg.bytes(0xf0f1f2f3f4f5f6f7L, 0xf8f9fafb, 0xfcfdfeffL << 4, stream, 0, 32);
    for (int i = 0; i < 32; i++) {
      stream[i] ^= plain[i];
    }
    assertThat(HEX.formatHex(stream))
        .isEqualTo("874d6191b620e3261bef6864990db6ce" + "9806f66b7970fdff8617187bb9fffdff");
  }

  @Test
  void wordsAreTheCipherOfTheAddress() throws Exception {
    int count = 5000;
    byte[] iv = ByteBuffer.allocate(16).putLong(-7).putInt(-3).putInt(0).array();
    Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
    long[] expected = new long[count];
    ByteBuffer.wrap(cipher.doFinal(new byte[8 * count]))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .get(expected);
    long[] words = new long[count];
    prg.words(-7, -3, 0, words, 0, count);
    assertThat(words).isEqualTo(expected);
  }

  /** Across the edges of what is made at once, and of every width. */
  @Test
  void reducedWordsArePiecesOfTheStream() {
    for (int bits : new int[] {1, 7, 8, 9, 16, 17, 31, 32, 33, 49, 64}) {
      int width = bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
      for (int count : new int[] {0, 1, 8192 / width - 1, 8192 / width + 3, 20_000}) {
        byte[] stream = new byte[count * width];
        prg.bytes(-3, 8, 0, stream, 0, stream.length);
        long[] out = random.longs(count + 5).toArray();
        long[] expected = out.clone();
        for (int i = 0; i < count; i++) {
          long piece = 0;
          for (int b = width - 1; b >= 0; b--) {
            piece = piece << 8 | (stream[i * width + b] & 0xff);
          }
          expected[2 + i] = piece & Words.mask(bits);
        }
        prg.reduced(-3, 8, bits, out, 2, count);
        assertThat(out).as("%d words of %d bits", count, bits).isEqualTo(expected);
      }
    }
    assertThatThrownBy(() -> prg.reduced(1, 1, 20, new long[4], 2, 3))
        .hasMessageStartingWith("out: ");
  }

  @Test
  void chosenRowsAreThoseOfTheStream() {
    for (int rowBytes : new int[] {16, 48, 2304, 8192, 8208}) {
      byte[] all = new byte[64 * rowBytes];
      prg.bytes(-5, -9, 0, all, 0, all.length);
      for (long chosen : new long[] {0, 1, Long.MIN_VALUE, -1, random.nextLong()}) {
        byte[] expected = new byte[all.length];
        int at = 0;
        for (int row = 0; row < 64; row++) {
          if ((chosen >>> row & 1) != 0) {
            System.arraycopy(all, row * rowBytes, expected, at, rowBytes);
            at += rowBytes;
          }
        }
        byte[] rows = new byte[all.length];
        assertThat(prg.chosenRows(-5, -9, rowBytes, chosen, rows)).isEqualTo(at / rowBytes);
        assertThat(rows).isEqualTo(expected);
      }
    }
    assertThatThrownBy(() -> prg.chosenRows(1, 1, 24, 1, new byte[64]))
        .hasMessageContaining("whole blocks");
    assertThatThrownBy(() -> prg.chosenRows(1, 1, 32, 3, new byte[63]))
        .hasMessageStartingWith("out: ");
  }

  @Test
  void anyStartGivesTheSameStream() {
    long[] all = new long[4000];
    prg.words(5, 9, 0, all, 0, all.length);
    byte[] bytes = new byte[8 * all.length];
    prg.bytes(5, 9, 0, bytes, 0, bytes.length);
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(8 * 777))
        .isEqualTo(all[777]);
    for (int start : new int[] {0, 1, 2, 7, 1022, 1023, 1024, 1025}) {
      for (int count : new int[] {0, 1, 2, 3, 1023, 1024, 1025, 2900}) {
        long[] words = random.longs(count + 6).toArray();
        long[] filled = words.clone();
        long[] added = words.clone();
        long[] subtracted = words.clone();
        long[] expectedFilled = words.clone();
        long[] expectedAdded = words.clone();
        long[] expectedSubtracted = words.clone();
        for (int i = 0; i < count; i++) {
          expectedFilled[3 + i] = all[start + i];
          expectedAdded[3 + i] += all[start + i];
          expectedSubtracted[3 + i] -= all[start + i];
        }
        prg.words(5, 9, start, filled, 3, count);
        prg.add(5, 9, start, added, 3, count);
        prg.subtract(5, 9, start, subtracted, 3, count);
        assertThat(filled).as("%d from %d", count, start).isEqualTo(expectedFilled);
        assertThat(added).as("%d from %d", count, start).isEqualTo(expectedAdded);
        assertThat(subtracted).as("%d from %d", count, start).isEqualTo(expectedSubtracted);

        byte[] part = new byte[count + 2];
        prg.bytes(5, 9, start, part, 1, count);
        assertThat(Arrays.copyOfRange(part, 1, count + 1))
            .isEqualTo(Arrays.copyOfRange(bytes, start, start + count));
      }
    }
  }

  @Test
  void narrowWordsAreAddedOneByOne() {
    Prg prg = new Prg(new byte[16]);
    int count = 2 * 2048 + 77; // more than two chunks
    byte[] stream = new byte[4 * count];
    prg.bytes(5, 6, 0, stream, 0, stream.length);
    byte[] out = new byte[4 * count + 3];
    new SplittableRandom(1).nextBytes(out);
    byte[] expected = out.clone();
    ByteBuffer to = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer pad = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      to.putInt(4 * i, to.getInt(4 * i) + pad.getInt(4 * i));
    }
    prg.addNarrow(5, 6, out, count);
    assertThat(out).isEqualTo(expected);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> prg.addNarrow(5, 6, new byte[7], 2))
        .withMessageContaining("out");
  }

  @Test
  void addressesAndKeysSeparateStreams() {
    byte[] other = key.clone();
    other[15] ^= 1;
    assertThat(first(prg, 1, 1)).isNotEqualTo(first(prg, 1, 2)).isNotEqualTo(first(prg, 2, 1));
    assertThat(first(prg, 1, 1)).isNotEqualTo(first(new Prg(other), 1, 1));
    assertThat(first(prg, 1, 1)).isEqualTo(first(new Prg(key), 1, 1));
  }

  @Test
  void theKeyIsCopiedAndNeverShown() {
    byte[] mine = key.clone();
    Prg copy = new Prg(mine);
    Arrays.fill(mine, (byte) 0);
    assertThat(first(copy, 4, 4)).isEqualTo(first(prg, 4, 4));
    assertThat(copy).hasToString("Prg(secret)");
  }

  @Test
  void streamsEndBeforeTheNextOneBegins() {
    long[] words = new long[4];
    long limit = 1L << 33;
    prg.words(1, 1, limit - 4, words, 0, 4);
    assertThat(words).doesNotContain(0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> prg.words(1, 1, limit - 3, words, 0, 4))
        .withMessage("a stream has 8589934592 words; 4 from 8589934589 are not in it");
    assertThatIllegalArgumentException().isThrownBy(() -> prg.add(1, 1, -1, words, 0, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> prg.bytes(1, 1, 8 * limit - 3, new byte[4], 0, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> prg.subtract(1, 1, 0, words, 1, 4))
        .withMessage("out: 4 elements from 1 do not lie within its 4");
    assertThatIllegalArgumentException().isThrownBy(() -> new Prg(new byte[15]));
  }

  private static long first(Prg prg, long domain, int index) {
    long[] word = new long[1];
    prg.words(domain, index, 0, word, 0, 1);
    return word[0];
  }
}
