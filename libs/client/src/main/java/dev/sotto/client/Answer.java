package dev.sotto.client;

import java.util.List;

/**
 * What a model said. Plaintext of the caller's.
 *
 * @param tokens the ids, with the one that ended the answer if one did
 * @param text what was shown: without special tokens, cut before a stop string
 * @param finish why it ended
 */
public record Answer(List<Integer> tokens, String text, Finish finish) {
  /** Why an answer ended. */
  public enum Finish {
    /** The model ended it, or a stop string came. */
    STOP,
    /** The most tokens that were asked for, or that the context holds. */
    LENGTH;

    /** As the OpenAI API spells it. */
    public String label() {
      return this == STOP ? "stop" : "length";
    }
  }

  /** Copies. */
  public Answer {
    tokens = List.copyOf(tokens);
  }

  @Override
  public String toString() {
    return "Answer(%d tokens, %s)".formatted(tokens.size(), finish.label());
  }
}
