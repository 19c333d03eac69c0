package dev.sotto.client.platform;

/**
 * The enclave does not believe a platform or its lanes, and has ended the job. Trying again would
 * show them an effect of what they did, so nothing does.
 */
public final class LaneDistrusted extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /** What is not believed. */
  public enum Reason {
    /**
     * Where the job was to run is not what the caller asked for, or not what its roots vouch for.
     */
    PLACEMENT("lane_not_trusted"),
    /** Lanes that computed the same step came to different results. */
    DISAGREEMENT("lanes_disagree");

    private final String code;

    Reason(String code) {
      this.code = code;
    }

    /** For programs. */
    public String code() {
      return code;
    }
  }

  private LaneDistrusted(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  static LaneDistrusted placement(String sentence) {
    return new LaneDistrusted(Reason.PLACEMENT, "The platform's lane is refused: " + sentence);
  }

  /** Always the same, whatever differed and by how much: nodes learn nothing from it. */
  static LaneDistrusted disagreement() {
    return new LaneDistrusted(
        Reason.DISAGREEMENT,
        "The lanes that computed this answer disagree; nothing that depends on it is shown.");
  }

  /** What is not believed. */
  public Reason reason() {
    return reason;
  }
}
