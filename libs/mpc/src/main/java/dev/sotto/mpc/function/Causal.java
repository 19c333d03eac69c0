package dev.sotto.mpc.function;

import java.util.Arrays;

/**
 * How a step's scores lie in a row of words: for each new token and head the keys that it sees, in
 * order. What a token sees is public: its own past.
 */
final class Causal {
  private final int heads;
  private final int[] lengths;
  private final int[] before; // keys of all tokens before one

  /**
   * New tokens of one sequence: token t sees the keys 0 … position + t.
   *
   * @param position tokens cached before the step
   * @param tokens new tokens
   * @param heads query heads
   */
  Causal(int position, int tokens, int heads) {
    this(counted(position, tokens), heads);
  }

  /**
   * A new token of each of several sequences.
   *
   * @param lengths keys that each sees, its own included
   * @param heads query heads
   */
  Causal(int[] lengths, int heads) {
    this.heads = heads;
    this.lengths = lengths.clone();
    this.before = new int[lengths.length + 1];
    for (int t = 0; t < lengths.length; t++) {
      before[t + 1] = Math.addExact(before[t], lengths[t]);
    }
  }

  private static int[] counted(int position, int tokens) {
    int[] lengths = new int[tokens];
    Arrays.setAll(lengths, t -> position + t + 1);
    return lengths;
  }

  /** New tokens. */
  int tokens() {
    return lengths.length;
  }

  /** The most keys that a token sees. */
  int keys() {
    int most = 0;
    for (int length : lengths) {
      most = Math.max(most, length);
    }
    return most;
  }

  /** Scores in all. */
  int size() {
    return heads * before[lengths.length];
  }

  /** Rows of scores: tokens · heads. */
  int rows() {
    return lengths.length * heads;
  }

  /** Where the row of token t and head h starts. */
  int start(int t, int h) {
    return heads * before[t] + h * lengths[t];
  }

  /** Keys in the rows of token t. */
  int length(int t) {
    return lengths[t];
  }

  /** Keys in the rows of each token. */
  int[] lengths() {
    return lengths.clone();
  }

  /** What a row is used for. */
  interface Row {
    void at(int row, int start, int length);
  }

  /** Visits all rows in order. */
  void each(Row visitor) {
    for (int t = 0; t < lengths.length; t++) {
      for (int h = 0; h < heads; h++) {
        visitor.at(t * heads + h, start(t, h), lengths[t]);
      }
    }
  }
}
