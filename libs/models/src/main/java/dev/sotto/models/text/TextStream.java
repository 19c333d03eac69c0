package dev.sotto.models.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns an answer's tokens into text, token by token. A character is handed out when its last byte
 * has come; bytes that are no UTF-8 become U+FFFD. For one thread at a time.
 */
public final class TextStream {
  private final Tokenizer tokenizer;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private boolean dropSpace;
  private byte[] open = new byte[0];

  /**
   * {@code dropSpace}: whether a space at the very beginning belongs to the vocabulary's spelling,
   * not to the text.
   */
  TextStream(Tokenizer tokenizer, boolean dropSpace) {
    this.tokenizer = tokenizer;
    this.dropSpace = dropSpace;
  }

  /** The text that {@code id} completes; empty while a character is still open. */
  public String accept(int id) {
    byte[] more = tokenizer.bytesOf(id);
    if (more.length == 0) {
      return "";
    }
    int from = dropSpace && more[0] == ' ' ? 1 : 0;
    dropSpace = false;
    byte[] bytes = new byte[open.length + more.length - from];
    System.arraycopy(open, 0, bytes, 0, open.length);
    System.arraycopy(more, from, bytes, open.length, more.length - from);
    return decode(bytes, false);
  }

  /** What is still open when the answer ends: nothing, or U+FFFD for half a character. */
  public String finish() {
    String rest = decode(open, true);
    decoder.reset();
    open = new byte[0];
    return rest;
  }

  private String decode(byte[] bytes, boolean last) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    decoder.reset();
    decoder.decode(in, out, last);
    if (last) {
      decoder.flush(out);
    }
    open = new byte[in.remaining()];
    in.get(open);
    return out.flip().toString();
  }
}
