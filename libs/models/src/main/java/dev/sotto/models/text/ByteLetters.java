package dev.sotto.models.text;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How byte-level vocabularies (GPT-2's and its heirs) spell bytes: a printable character stands for
 * itself, the others are numbered from U+0100 on.
 */
public final class ByteLetters {
  private static final char[] LETTER = new char[256];
  private static final int[] BYTE = new int[0x144];

  static {
    java.util.Arrays.fill(BYTE, -1);
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xff && b != 0xad);
      LETTER[b] = (char) (printable ? b : next++);
      BYTE[LETTER[b]] = b;
    }
  }

  private ByteLetters() {}

  /** The letter that spells {@code b}, 0 to 255. */
  public static char letter(int b) {
    return LETTER[b];
  }

  /** The bytes that a token spells, or null where it has a character that is no byte's letter. */
  static byte @Nullable [] bytes(String token) {
    byte[] out = new byte[token.length()];
    for (int i = 0; i < out.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTE.length || BYTE[c] < 0) {
        return null;
      }
      out[i] = (byte) BYTE[c];
    }
    return out;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
