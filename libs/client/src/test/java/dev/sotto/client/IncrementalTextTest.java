package dev.sotto.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class IncrementalTextTest {
  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(20261123);

  @Test
  void aCharacterOfFourBytesAppearsWithItsLastByte() {
    byte[] bytes = "a🙂é".getBytes(UTF_8);
    IncrementalText text = new IncrementalText();
    String[] shown = new String[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      shown[i] = text.accept(new byte[] {bytes[i]});
    }
    assertThat(shown).containsExactly("a", "", "", "", "🙂", "", "é");
    assertThat(text.finish()).isEmpty();
  }

  @Test
  void anIncompleteTailBecomesAReplacementCharacter() {
    IncrementalText text = new IncrementalText();
    assertThat(text.accept(new byte[] {'x', (byte) 0xf0, (byte) 0x9f, (byte) 0x99})).isEqualTo("x");
    assertThat(text.finish()).isEqualTo("\uFFFD");
    assertThat(text.finish()).isEmpty();
    assertThat(text.accept("neu".getBytes(UTF_8))).isEqualTo("neu");
  }

  @Test
  void anyBytesInAnyPiecesGiveTheTextOfTheWhole() {
    for (int round = 0; round < 5_000; round++) {
      byte[] bytes = round % 2 == 0 ? garbage() : wellFormed();
      IncrementalText text = new IncrementalText();
      StringBuilder shown = new StringBuilder();
      for (int at = 0; at < bytes.length; ) {
        int end = Math.min(bytes.length, at + random.nextInt(5));
        String piece = text.accept(Arrays.copyOfRange(bytes, at, end));
        assertThat(piece.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff)).isTrue();
        shown.append(piece);
        at = end;
      }
      shown.append(text.finish());
      assertThat(shown.toString()).isEqualTo(new String(bytes, UTF_8));
    }
  }

  private byte[] garbage() {
    byte[] bytes = new byte[random.nextInt(24)];
    byte[] awkward = {0, 'a', (byte) 0x80, (byte) 0xbf, (byte) 0xc3, (byte) 0xe2, (byte) 0xed};
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] =
          random.nextBoolean() ? awkward[random.nextInt(awkward.length)] : (byte) random.nextInt();
    }
    return bytes;
  }

  private byte[] wellFormed() {
    StringBuilder b = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      int c = random.nextInt(0x110000);
      b.appendCodePoint(c >= 0xd800 && c <= 0xdfff ? 'z' : c);
    }
    return b.toString().getBytes(UTF_8);
  }
}
