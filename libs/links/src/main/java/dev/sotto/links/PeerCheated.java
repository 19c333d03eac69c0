package dev.sotto.links;

/** The peer is who it should be, and sent what it must not. */
public final class PeerCheated extends LinkException {
  private static final long serialVersionUID = 1;

  /** What was wrong with the frame. */
  public enum What {
    /** Longer than the link allows. */
    OVERSIZED,
    /** The link was closed in order, in the middle of a frame. */
    TRUNCATED,
    /** Of a kind that this link does not know, or that is not due. */
    WRONG_KIND,
    /** Of another session than the one at hand. */
    WRONG_SESSION,
    /** Of another step than the one at hand: replayed, reordered or left out. */
    WRONG_STEP,
    /** Its seal is broken: altered, replayed or reordered. */
    BROKEN_SEAL,
    /** Its content breaks the rules of the protocol above the link. */
    BAD_CONTENT
  }

  private final What what;

  PeerCheated(What what, String sentence) {
    super(sentence, null);
    this.what = what;
  }

  /** What was wrong. */
  public What what() {
    return what;
  }
}
