package dev.sotto.mpc.function;

/**
 * How a step's scores lie in a row of words: for each new token t and head h the keys 0 … position
 * + t, in this order. Causal masks are public.
 *
 * @param position tokens cached before the step
 * @param tokens new tokens
 * @param heads query heads
 */
record Causal(int position, int tokens, int heads) {
  /** Keys that the last token sees. */
  int keys() {
    return position + tokens;
  }

  /** Scores in all. */
  int size() {
    return heads * (tokens * position + tokens * (tokens + 1) / 2);
  }

  /** Rows of scores: tokens · heads. */
  int rows() {
    return tokens * heads;
  }

  /** Where the row of token t and head h starts. */
  int start(int t, int h) {
    return heads * (t * position + t * (t + 1) / 2) + h * (position + t + 1);
  }

  /** Keys in the rows of token t. */
  int length(int t) {
    return position + t + 1;
  }

  /** What a row is used for. */
  interface Row {
    void at(int row, int start, int length);
  }

  /** Visits all rows in order. */
  void each(Row visitor) {
    for (int t = 0; t < tokens; t++) {
      for (int h = 0; h < heads; h++) {
        visitor.at(t * heads + h, start(t, h), length(t));
      }
    }
  }
}
