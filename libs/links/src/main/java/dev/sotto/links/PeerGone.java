package dev.sotto.links;

import org.jspecify.annotations.Nullable;

/** The peer is no longer there, or no longer answers. It need not be its fault. */
public final class PeerGone extends LinkException {
  private static final long serialVersionUID = 1;

  /** How it went. */
  public enum How {
    /** One of the two sides closed the link in order. */
    CLOSED,
    /** The connection broke or could not be made. */
    RESET,
    /** Nothing came, or nothing could be sent, for as long as was allowed. */
    TIMED_OUT
  }

  private final How how;

  PeerGone(How how, String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
    this.how = how;
  }

  PeerGone(How how, String sentence) {
    this(how, sentence, null);
  }

  /** How it went. */
  public How how() {
    return how;
  }
}
