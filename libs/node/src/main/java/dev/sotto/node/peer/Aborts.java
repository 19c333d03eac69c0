package dev.sotto.node.peer;

import dev.sotto.links.LinkException;
import dev.sotto.links.PeerCheated;
import dev.sotto.mpc.Abort;

/** Failures of links as aborts of sessions that say whose link it was. */
final class Aborts {
  private Aborts() {}

  /** {@code who} is the role at the other end. */
  static Abort of(LinkException e, String who) {
    String sentence = "the link to " + who + " failed: " + e.getMessage();
    return e instanceof PeerCheated
        ? new Abort.PeerCheated(sentence, e)
        : new Abort.PeerGone(sentence, e);
  }
}
