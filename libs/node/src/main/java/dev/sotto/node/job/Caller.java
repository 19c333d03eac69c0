package dev.sotto.node.job;

import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.links.Frame;
import dev.sotto.links.FrameChannel;
import dev.sotto.links.LinkException;
import dev.sotto.mpc.Abort;
import java.time.Duration;

/** The caller's end of a job, over a sealed link: steps come in, results go out. */
final class Caller {
  private final FrameChannel link;
  private final long session;
  private final Duration idle;

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
  }

  Wish next() {
    try {
      Frame f = link.receive(idle);
      if (f.session() != session) {
        throw new Refusal(Failure.Code.REFUSED, "the caller speaks of another job");
      }
      if (f.kind() == CallerKind.CLOSE.code()) {
        return new Wish.Close();
      }
      if (f.kind() == CallerKind.STEP.code()) {
        return new Wish.Run(StepRequest.decode(f.copy()));
      }
      throw new Refusal(Failure.Code.REFUSED, "the caller sent something that is no step");
    } catch (LinkException e) {
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

  /** Ends the link: whoever waits for the caller's next wish stops waiting. */
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
