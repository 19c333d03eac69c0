package dev.sotto.models.text;

import java.util.OptionalInt;
import java.util.Set;

/** Text to token ids and back. Safe for use by several threads. */
public interface Tokenizer extends AutoCloseable {
  /** Longest text that {@link #encode} takes, in UTF-16 units. */
  int LONGEST_TEXT = 8 << 20;

  /** One more than the largest id. */
  int size();

  /**
   * Token ids of {@code text}; special tokens that are spelled out in it become their ids.
   *
   * @param begin whether to put the token before it that the model was trained to begin with, if
   *     there is one: true for raw text, false for what a chat template made, which spells it out
   * @throws dev.sotto.models.ModelException if the text is longer than {@link #LONGEST_TEXT} or has
   *     half a surrogate pair
   */
  int[] encode(String text, boolean begin);

  /**
   * The bytes that a token stands for. A character of several bytes may come in several tokens.
   * Special tokens and ids without a token stand for none.
   *
   * @throws IllegalArgumentException if {@code id} is not from 0 to {@code size() − 1}
   */
  byte[] bytesOf(int id);

  /**
   * Whether {@code id} is a token that shapes a conversation rather than being part of its text.
   */
  boolean special(int id);

  /** The token that begins a text, if the model has one. */
  OptionalInt begin();

  /** The tokens that end an answer. */
  Set<Integer> ends();

  /** A new stream that turns tokens into text as they come. */
  TextStream stream();

  /** The text of {@code ids}, special tokens left out. */
  default String decode(int[] ids) {
    TextStream stream = stream();
    StringBuilder out = new StringBuilder();
    for (int id : ids) {
      out.append(stream.accept(id));
    }
    return out.append(stream.finish()).toString();
  }

  @Override
  void close();
}
