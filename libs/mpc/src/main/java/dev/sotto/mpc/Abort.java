package dev.sotto.mpc;

/** The end of a session before its time. The session is dead, and what it drew stays spent. */
public abstract sealed class Abort extends RuntimeException {
  private static final long serialVersionUID = 1;

  private Abort(String message, @org.jspecify.annotations.Nullable Throwable cause) {
    super(message, cause);
  }

  /** A peer sent what no honest peer sends. */
  public static final class PeerCheated extends Abort {
    private static final long serialVersionUID = 1;

    public PeerCheated(String message, @org.jspecify.annotations.Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** A peer went away, or was silent for too long. */
  public static final class PeerGone extends Abort {
    private static final long serialVersionUID = 1;

    public PeerGone(String message, @org.jspecify.annotations.Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The roles do not agree on what is being computed. */
  public static final class PartiesDiverged extends Abort {
    private static final long serialVersionUID = 1;

    public PartiesDiverged(String message) {
      super(message, null);
    }
  }
}
