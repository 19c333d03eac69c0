package dev.sotto.node.peer;

import dev.sotto.links.LinkException;
import dev.sotto.links.PeerCheated;
import dev.sotto.mpc.Abort;

/** Failures of links as aborts of sessions. */
final class Aborts {
  private Aborts() {}

  static Abort of(LinkException e) {
    String sentence = String.valueOf(e.getMessage());
    return e instanceof PeerCheated
        ? new Abort.PeerCheated(sentence, e)
        : new Abort.PeerGone(sentence, e);
  }
}
