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

/**
 * A caller over a sealed link. The link's own thread reads it all the time, so that a caller who
 * leaves is missed at once, whatever the job waits for.
 */
final class LinkCaller implements Caller {
  private final FrameChannel link;
  private final long session;
  private final WishQueue wishes;

  LinkCaller(FrameChannel link, long session, Duration idle) {
    this.link = link;
    this.session = session;
    this.wishes = new WishQueue(idle);
  }

  /** Takes in what the caller has sent; for the link's own thread. */
  void sent(Frame f) {
    wishes.put(wish(f));
  }

  private Wish wish(Frame f) {
    if (f.session() != session) {
      return WishQueue.refused("the caller speaks of another job");
    }
    if (f.kind() == CallerKind.CLOSE.code()) {
      return new Wish.Close();
    }
    if (f.kind() != CallerKind.STEP.code()) {
      return WishQueue.refused("the caller sent something that is no step");
    }
    try {
      return new Wish.Run(StepRequest.decode(f.copy()));
    } catch (BadMessage e) {
      return new Wish.Refused(e);
    }
  }

  @Override
  public Wish next() {
    return wishes.next();
  }

  @Override
  public void ready() {
    send(CallerKind.READY, 0, new byte[0]);
  }

  @Override
  public void result(StepResult result) {
    send(CallerKind.RESULT, Math.toIntExact(result.serial()), result.encode());
  }

  @Override
  public void failure(Failure failure) {
    send(CallerKind.FAILURE, 0, failure.encode());
  }

  /** Ends the link, and with it the job. */
  @Override
  public void leave() {
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
