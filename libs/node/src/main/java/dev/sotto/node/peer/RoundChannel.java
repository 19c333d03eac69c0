package dev.sotto.node.peer;

import dev.sotto.links.Frame;
import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.links.PeerCheated;
import dev.sotto.mpc.Channel;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * A link as a protocol's channel: messages of known length in frames of one kind, each of the
 * session and step that is due.
 */
public final class RoundChannel implements Channel {
  private final Met met;
  private final Link link;
  private final Kind kind;
  private final long session;
  private final IntSupplier step;
  private final Duration patience;

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
            step.getAsInt(),
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
        Frame f = link.expect(kind.code(), session, step.getAsInt(), patience);
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
