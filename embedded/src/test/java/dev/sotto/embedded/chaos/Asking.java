package dev.sotto.embedded.chaos;

import java.time.Duration;

/** One caller who waits for one answer, on a thread of its own. */
interface Asking {
  /** After so long an answer is of no use; that of every caller here. */
  Duration DEADLINE = Duration.ofMinutes(2);

  /** How many tokens of the answer have come so far. */
  int come();

  /** What it got; waits for it a little longer than its deadline. */
  Outcome outcome() throws InterruptedException;
}
