package dev.sotto.client;

import dev.sotto.models.text.Tokenizer;
import java.util.List;

/**
 * A part of an answer that may be shown. Plaintext of the caller's.
 *
 * @param text never half a character, never part of a stop string; empty where a token shows none
 * @param tokens the tokens that {@code text} ends with or lies in, in order; a token comes once, no
 *     later than the last of its text. The token that ended the answer is not among them
 */
public record AnswerPiece(String text, List<Token> tokens) {
  /**
   * A token of the answer.
   *
   * @param choice the token and its probability
   * @param top the likeliest tokens in its place, falling; none unless asked for
   */
  public record Token(Choice choice, List<Choice> top) {
    /** Copies. */
    public Token {
      top = List.copyOf(top);
    }

    @Override
    public String toString() {
      return "Token[hidden]";
    }
  }

  /**
   * A token and how likely the model found it.
   *
   * @param id the token
   * @param bytes what it stands for; none for special tokens
   * @param logprob natural logarithm of its probability under the model alone: before temperature,
   *     penalties and biases; 0 where none was asked for
   */
  public record Choice(int id, byte[] bytes, double logprob) {
    /** Of a token; an id beyond the tokenizer's stands for nothing. */
    static Choice of(Tokenizer tokenizer, int id, double logprob) {
      return new Choice(id, id < tokenizer.size() ? tokenizer.bytesOf(id) : new byte[0], logprob);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Choice o && id == o.id && logprob == o.logprob;
    }

    @Override
    public int hashCode() {
      return Integer.hashCode(id);
    }

    @Override
    public String toString() {
      return "Choice[hidden]";
    }
  }

  /** Copies. */
  public AnswerPiece {
    tokens = List.copyOf(tokens);
  }

  @Override
  public String toString() {
    return "AnswerPiece[%d characters, %d tokens]".formatted(text.length(), tokens.size());
  }
}
