package dev.sotto.node.peer;

import dev.sotto.links.Frame;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.PeerCheated;
import dev.sotto.mpc.Channel;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * A link as a protocol's channel: messages of known length in frames of one kind. Each frame says
 * its session, its step and its number in that step, so one that is replayed, left out or out of
 * order does not pass for the one that is due.
 */
public final class RoundChannel implements Channel {
  private final Met met;
  private final Link link;
  private final Kind kind;
  private final long session;
  private final IntSupplier step;
  private final Duration patience;
  private final Count sent = new Count();
  private final Count received = new Count();

  /** Numbers the frames of one direction: twelve bits of the step, twenty of the place in it. */
  private static final class Count {
    private static final int PLACE_BITS = 20;
    private int step = -1;
    private int place;

    int next(int now) {
      if (now != step) {
        step = now;
        place = 0;
      }
      if (place >>> PLACE_BITS != 0) {
        throw new IllegalStateException("a step has more frames than can be numbered");
      }
      return step << PLACE_BITS | place++;
    }
  }

  /**
   * A channel.
   *
   * @param step the step that runs
   * @param patience how long the peer may be silent
   */
  public RoundChannel(Met met, Kind kind, long session, IntSupplier step, Duration patience) {
    this.met = met;
    this.link = met.link();
    this.kind = kind;
    this.session = session;
    this.step = step;
    this.patience = patience;
  }

  @Override
  public void send(byte[] bytes, int length) {
    try {
      for (int at = 0; at < length; at += link.maxPayloadBytes()) {
        link.send(
            kind.code(),
            session,
            sent.next(step.getAsInt()),
            bytes,
            at,
            Math.min(link.maxPayloadBytes(), length - at));
      }
    } catch (LinkException e) {
      throw met.abort(e);
    }
  }

  @Override
  public void receive(byte[] bytes, int length) {
    try {
      for (int at = 0; at < length; ) {
        Frame f = link.expect(kind.code(), session, received.next(step.getAsInt()), patience);
        int due = Math.min(link.maxPayloadBytes(), length - at);
        if (f.length() != due) {
          throw link.cheated(
              PeerCheated.What.TRUNCATED,
              "a frame has " + f.length() + " bytes where " + due + " are due");
        }
        System.arraycopy(f.buffer(), f.offset(), bytes, at, due);
        at += due;
      }
    } catch (LinkException e) {
      throw met.abort(e);
    }
  }
}
