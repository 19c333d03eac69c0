package dev.sotto.nn;

/**
 * One forward pass of a job: {@code tokens} new tokens, the first at {@code position}.
 *
 * @param serial grows by one with every step of a session; never repeats
 * @param position tokens that are already in the cache
 * @param tokens new tokens, at least 1
 */
public record Step(int serial, int position, int tokens) {
  public Step {
    if (serial < 0 || position < 0 || tokens < 1 || tokens > Integer.MAX_VALUE - position) {
      throw new IllegalArgumentException(
          "a step has a serial and a position of at least 0 and at least 1 token, but this one has "
              + ("serial " + serial + ", position " + position + ", tokens " + tokens));
    }
  }

  /** Tokens in the cache once this step's are in it. */
  public int length() {
    return position + tokens;
  }
}
