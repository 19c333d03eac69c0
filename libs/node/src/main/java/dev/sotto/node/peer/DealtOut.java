package dev.sotto.node.peer;

import dev.sotto.links.Frame;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.PeerCheated;
import dev.sotto.mpc.Dealings;
import java.time.Duration;

/**
 * The dealer's end of the stock: frames of dealt bytes, as many as evaluator-1 has given credit
 * for. The dealer works ahead until the stock is full and then waits.
 */
public final class DealtOut implements Dealings.Out {
  static final int FRAME_BYTES = 1 << 18;

  /** What may be dealt before evaluator-1 has given any credit: how a first step begins. */
  static final int FIRST_CREDIT = 2 * FRAME_BYTES;

  private final Met met;
  private final Link link;
  private final long session;
  private final Duration patience;
  private final byte[] buffer = new byte[FRAME_BYTES];
  private int filled;
  private int frames;
  private long credit;
  private boolean peerDone;
  private volatile boolean stopped;

  /** Thrown when evaluator-1 or the caller has ended the job: not an error. */
  public static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1;

    Ended() {
      super("the job is over", null, false, false);
    }
  }

  /**
   * The dealer's end.
   *
   * @param patience how long a job may be idle
   */
  public DealtOut(Met met, long session, Duration patience) {
    this.met = met;
    this.link = met.link();
    this.session = session;
    this.credit = FIRST_CREDIT;
    this.patience = patience;
  }

  /** The caller has ended the job: dealing stops at the next word. Any thread may call it. */
  public void stop() {
    stopped = true;
  }

  /** Whether {@link #stop} was called. */
  public boolean isStopped() {
    return stopped;
  }

  @Override
  public void put(byte[] bytes, int from, int length) {
    if (stopped) {
      throw new Ended();
    }
    while (length > 0) {
      int n = Math.min(length, FRAME_BYTES - filled);
      System.arraycopy(bytes, from, buffer, filled, n);
      filled += n;
      from += n;
      length -= n;
      if (filled == FRAME_BYTES) {
        flush();
      }
    }
  }

  @Override
  public void flush() {
    if (stopped) {
      throw new Ended();
    }
    if (filled == 0) {
      return;
    }
    try {
      while (credit < filled) {
        receive();
        if (peerDone) {
          throw new Ended();
        }
      }
      credit -= filled;
      link.send(Kind.DEALT.code(), session, frames++, buffer, 0, filled);
      filled = 0;
    } catch (LinkException e) {
      throw met.abort(e);
    }
  }

  /** Says, by an empty frame, that all that a step takes has been put. */
  public void stepped() {
    flush();
    try {
      link.send(Kind.DEALT.code(), session, frames++, buffer, 0, 0);
    } catch (LinkException e) {
      throw met.abort(e);
    }
  }

  private void receive() {
    Frame f = link.receive(patience);
    if (f.session() != session) {
      throw link.cheated(PeerCheated.What.WRONG_SESSION, "a frame belongs to another session");
    }
    if (f.kind() == Kind.DONE.code()) {
      peerDone = true;
    } else if (f.kind() == Kind.CREDIT.code() && f.length() == Long.BYTES) {
      long more = f.payload().getLong();
      if (more < 0 || more > Integer.MAX_VALUE) {
        throw link.cheated(PeerCheated.What.OVERSIZED, "more credit than was ever used");
      }
      credit += more;
    } else {
      throw link.cheated(PeerCheated.What.WRONG_KIND, "a dealer is sent credit, and nothing else");
    }
  }

  /** Says that nothing more comes, and waits for evaluator-1's word: the link is clean then. */
  public void finish() {
    try {
      link.send(Kind.DONE.code(), session, frames, buffer, 0, 0);
      while (!peerDone) {
        receive();
      }
    } catch (LinkException e) {
      throw met.abort(e);
    }
  }
}
