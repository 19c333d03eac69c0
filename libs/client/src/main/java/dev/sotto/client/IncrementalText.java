package dev.sotto.client;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of tokens into text. A token may end within a UTF-8 character: its bytes wait for the next
 * token. Bytes that can begin no character become U+FFFD. All text together equals the text of all
 * bytes together. Not thread-safe.
 */
public final class IncrementalText {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] waiting = new byte[0]; // at most three bytes

  /** The text that is complete with these bytes; often empty. */
  public String accept(byte[] bytes) {
    return decode(bytes, false);
  }

  /** The text of an incomplete character at the end, U+FFFD, if there is one; then starts anew. */
  public String finish() {
    String tail = decode(new byte[0], true);
    decoder.reset();
    return tail;
  }

  private String decode(byte[] bytes, boolean last) {
    byte[] all = Arrays.copyOf(waiting, waiting.length + bytes.length);
    System.arraycopy(bytes, 0, all, waiting.length, bytes.length);
    ByteBuffer in = ByteBuffer.wrap(all);
    CharBuffer out = CharBuffer.allocate(all.length + 1);
    decoder.decode(in, out, last);
    if (last) {
      decoder.flush(out);
    }
    waiting = Arrays.copyOfRange(all, in.position(), all.length);
    return out.flip().toString();
  }

  @Override
  public String toString() {
    return "IncrementalText(" + waiting.length + " bytes wait)";
  }
}
