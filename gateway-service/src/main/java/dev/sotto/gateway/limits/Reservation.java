package dev.sotto.gateway.limits;

import java.util.concurrent.atomic.AtomicBoolean;

/** A job's place and tokens. Both ends may come in any order and more than once. */
public final class Reservation {
  private final KeyBuckets buckets;
  private final long tokens;
  private final AtomicBoolean placed = new AtomicBoolean(true);
  private final AtomicBoolean unsettled = new AtomicBoolean(true);

  Reservation(KeyBuckets buckets, long tokens) {
    this.buckets = buckets;
    this.tokens = tokens;
  }

  /** Gives the place back: no further step will come. */
  public void leave() {
    if (placed.compareAndSet(true, false)) {
      buckets.leave();
    }
  }

  /** Gives back the place, and the tokens that were not used. */
  public void settle(long used) {
    leave();
    if (unsettled.compareAndSet(true, false) && used < tokens) {
      buckets.tokens.addTokens(tokens - Math.max(0, used));
    }
  }
}
