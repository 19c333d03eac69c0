package dev.sotto.node.job;

import dev.sotto.contracts.Failure;
import dev.sotto.mpc.Abort;
import dev.sotto.node.job.Caller.Wish;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a caller wants next, in order and bounded: one thread puts it in, the job's takes it. */
final class WishQueue {
  private static final int AHEAD = 4;

  private final Duration idle;
  private final BlockingQueue<Wish> wishes = new ArrayBlockingQueue<>(AHEAD + 1);

  /**
   * An empty one.
   *
   * @param idle how long the caller may be silent
   */
  WishQueue(Duration idle) {
    this.idle = idle;
  }

  /** Puts a wish in; too many at once are refused together. Never waits. */
  synchronized void put(Wish wish) {
    if (wishes.size() >= AHEAD) {
      putOnly(refused("the caller sends steps before it has the answers to earlier ones"));
    } else {
      boolean _ = wishes.offer(wish);
    }
  }

  /** Puts in a wish in place of all others. */
  synchronized void putOnly(Wish wish) {
    wishes.clear();
    boolean _ = wishes.offer(wish);
  }

  static Wish refused(String sentence) {
    return new Wish.Refused(new Refusal(Failure.Code.REFUSED, sentence));
  }

  /** As {@link Caller#next}. */
  Wish next() {
    try {
      Wish wish = wishes.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
      return switch (wish) {
        case null ->
            throw new Abort.PeerGone("the caller was silent for " + idle.toSeconds() + " s", null);
        case Wish.Refused(RuntimeException why) -> throw why;
        default -> wish;
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Abort.PeerGone("the caller is gone", e);
    }
  }
}
