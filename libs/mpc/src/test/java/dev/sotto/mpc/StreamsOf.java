package dev.sotto.mpc;

/** A seat's streams, for a test that stands in for the thread beside the session. */
public final class StreamsOf {
  private StreamsOf() {}

  /** Readers of their own. */
  public static Streams seat(Scope at) {
    return at.session().streams().reader();
  }
}
