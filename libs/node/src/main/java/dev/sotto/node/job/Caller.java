package dev.sotto.node.job;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.links.Frame;
import dev.sotto.links.FrameChannel;
import dev.sotto.links.LinkException;
import dev.sotto.mpc.Abort;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The caller's end of a job, over a sealed link: steps come in, results go out. The link's own
 * thread reads it all the time, so that a caller who leaves is missed at once, whatever the job
 * waits for.
 */
final class Caller {
  private static final int AHEAD = 4;

  private final FrameChannel link;
  private final long session;
  private final Duration idle;
  private final BlockingQueue<Wish> wishes = new ArrayBlockingQueue<>(AHEAD + 1);

  Caller(FrameChannel link, long session, Duration idle) {
    this.link = link;
    this.session = session;
    this.idle = idle;
  }

  /** What the caller wants next. */
  sealed interface Wish {
    /** A step. */
    record Run(StepRequest request) implements Wish {}

    /** The job is over. */
    record Close() implements Wish {}

    /** Something that is not done. */
    record Refused(RuntimeException why) implements Wish {}
  }

  /** Takes in what the caller has sent; for the link's own thread. */
  void sent(Frame f) {
    Wish wish = wish(f);
    if (wishes.size() >= AHEAD) {
      wishes.clear();
      wish = refused("the caller sends steps before it has the answers to earlier ones");
    }
    boolean _ = wishes.offer(wish);
  }

  private Wish wish(Frame f) {
    if (f.session() != session) {
      return refused("the caller speaks of another job");
    }
    if (f.kind() == CallerKind.CLOSE.code()) {
      return new Wish.Close();
    }
    if (f.kind() != CallerKind.STEP.code()) {
      return refused("the caller sent something that is no step");
    }
    try {
      return new Wish.Run(StepRequest.decode(f.copy()));
    } catch (BadMessage e) {
      return new Wish.Refused(e);
    }
  }

  private static Wish refused(String sentence) {
    return new Wish.Refused(new Refusal(Failure.Code.REFUSED, sentence));
  }

  /** Waits for the caller's next wish; a {@link Refusal} or an {@link Abort} if there is none. */
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

  void ready() {
    send(CallerKind.READY, 0, new byte[0]);
  }

  void result(StepResult result) {
    send(CallerKind.RESULT, Math.toIntExact(result.serial()), result.encode());
  }

  void failure(Failure failure) {
    send(CallerKind.FAILURE, 0, failure.encode());
  }

  /** Ends the link, and with it the job. */
  void leave() {
    link.close();
  }

  private void send(CallerKind kind, int step, byte[] bytes) {
    try {
      link.send(kind.code(), session, step, bytes, 0, bytes.length);
    } catch (LinkException e) {
      throw new Abort.PeerGone("the caller is gone", e);
    }
  }
}
