package dev.sotto.node.job;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobEnvelope;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.NodeStep;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.contracts.seal.Opener;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.Sealer;
import dev.sotto.mpc.Abort;
import dev.sotto.node.JobOutlet;
import dev.sotto.node.JobOutlet.Ignored;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A caller whose steps come sealed, by way of others who may repeat, reorder, alter or add some.
 * Whether a step is due is decided before it is opened, so that the seal's running number stays in
 * step; what does not open is nobody's, and changes nothing. What a step was answered with is kept
 * and sent again as it is: nothing is sealed twice under one number.
 */
final class SealedCaller implements Caller {
  private static final Octets NOTHING = Octets.wrap(new byte[0]);

  private final Seat seat;
  private final JobId job;
  private final Opener opener;
  private final Sealer sealer;
  private final JobOutlet outlet;
  private final WishQueue wishes;
  private long asked;
  private long askedAt = System.nanoTime();
  private Usage usage = Usage.NONE;
  private @Nullable PartialResult last;
  private boolean met;
  private boolean over;

  /**
   * After a job's first step was opened.
   *
   * @param opener in the state after that
   * @param sealer fresh, to the job's result key
   */
  SealedCaller(
      Seat seat,
      JobEnvelope envelope,
      Opener opener,
      Sealer sealer,
      JobOutlet outlet,
      Duration idle) {
    this.seat = seat;
    this.job = envelope.jobId();
    this.opener = opener;
    this.sealer = sealer;
    this.outlet = outlet;
    this.wishes = new WishQueue(idle);
    wishes.put(new Wish.Run(envelope.first()));
  }

  /** Takes in a step; for the thread that brings them. Never waits for the job. */
  void step(NodeStep step) {
    PartialResult again;
    synchronized (this) {
      if (over) {
        again = null;
      } else if (step.serial() == asked + 1) {
        open(step);
        return;
      } else if (step.serial() > asked) {
        outlet.ignored(job, step.serial(), Ignored.FUTURE_STEP);
        return;
      } else {
        again = last;
      }
    }
    if (again != null && again.serial() == step.serial()) {
      outlet.repeated(job, step.serial());
      outlet.publish(again);
    } else {
      outlet.ignored(job, step.serial(), Ignored.OLD_STEP);
    }
  }

  private void open(NodeStep step) {
    byte[] plain;
    try {
      plain = opener.open(SealContext.associated(job, step.serial()), step.ciphertext());
    } catch (BadMessage e) {
      outlet.ignored(job, step.serial(), Ignored.BROKEN_SEAL); // the context stays where it was
      return;
    }
    // From here on it is the caller's own word.
    boolean ahead = last == null || last.serial() != asked;
    asked = step.serial();
    askedAt = System.nanoTime();
    wishes.put(
        ahead
            ? WishQueue.refused("the caller sends steps before it has the answers to earlier ones")
            : wish(plain));
  }

  private static Wish wish(byte[] plain) {
    try {
      return DigestRequest.begins(plain)
          ? new Wish.Digest(DigestRequest.decode(plain))
          : new Wish.Run(StepRequest.decode(plain));
    } catch (BadMessage e) {
      return new Wish.Refused(e);
    }
  }

  /** The platform says that the job is over. Whether its roles have met, and end it in order. */
  synchronized boolean closed() {
    over = true;
    wishes.putOnly(new Wish.Close());
    return met;
  }

  /** How many steps were asked for. */
  synchronized long steps() {
    return asked + 1;
  }

  @Override
  public Wish next() {
    return wishes.next();
  }

  @Override
  public synchronized void ready() {
    met = true; // its first step is here already
  }

  @Override
  public void result(StepResult result) {
    PartialResult sealed;
    Duration took;
    synchronized (this) {
      if (last != null && last.serial() == result.serial()) {
        throw new IllegalStateException("a step is answered once");
      }
      Octets ciphertext =
          sealer.seal(SealContext.associated(job, result.serial()), result.encode());
      Octets encapsulation = last == null ? sealer.encapsulation() : NOTHING;
      usage = result.usage();
      sealed =
          seat.result(
              job,
              result.serial(),
              usage,
              new PartialResult.Outcome.Sealed(encapsulation, ciphertext));
      last = sealed; // before it is published: the next step may follow at once
      took = Duration.ofNanos(System.nanoTime() - askedAt);
    }
    outlet.stepped(job, result.serial(), took);
    outlet.publish(sealed);
  }

  @Override
  public void digested(DigestShared share) {
    outlet.digested(share);
  }

  @Override
  public void failure(Failure failure) {
    PartialResult told;
    synchronized (this) {
      if (over) {
        return; // said before, or the caller has gone
      }
      over = true;
      told = seat.result(job, asked, usage, new PartialResult.Outcome.Failed(failure));
    }
    outlet.failed(job, failure.code());
    outlet.publish(told);
  }

  @Override
  public void leave() {
    wishes.putOnly(new Wish.Refused(new Abort.PeerGone("the job is over", null)));
  }

  @Override
  public String toString() {
    return "SealedCaller[" + job + "]";
  }
}
