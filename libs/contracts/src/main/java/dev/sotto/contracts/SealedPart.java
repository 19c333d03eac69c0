package dev.sotto.contracts;

/**
 * What one node gets of one step: sealed, so that whoever carries it sees its length only.
 *
 * @param laneId the lane
 * @param stage the node's stage
 * @param role the node's role
 * @param encapsulation begins the node's HPKE context; 1,120 bytes with a job's first step, none
 *     later
 * @param ciphertext a sealed {@link JobEnvelope} with the first step, a sealed {@link StepRequest}
 *     or {@link DigestRequest} later
 */
public record SealedPart(
    String laneId, int stage, Role role, Octets encapsulation, Octets ciphertext) {
  /** The longest ciphertext: a part of a prompt for one role, or a result, fits several times. */
  public static final int MAX_BYTES = 1 << 20;

  static final int ENCAPSULATION_BYTES = 1120;
  private static final int MAX_LANE_BYTES = 63;

  /** BadMessage when a field is outside its bounds. */
  public SealedPart {
    Check.name("SealedPart.laneId", laneId);
    Check.range("SealedPart.stage", stage, 0, Lane.MAX_STAGES - 1L);
    checkSeal("SealedPart", encapsulation, ciphertext);
  }

  static void checkSeal(String name, Octets encapsulation, Octets ciphertext) {
    if (encapsulation.length() != 0) {
      Check.length(
          name + ".encapsulation", encapsulation, ENCAPSULATION_BYTES, ENCAPSULATION_BYTES);
    }
    Check.length(name + ".ciphertext", ciphertext, 16, MAX_BYTES);
  }

  int bytes() {
    return 4
        + Writer.utf8(laneId).length
        + 4
        + 1
        + 4
        + encapsulation.length()
        + 4
        + ciphertext.length();
  }

  void write(Writer out) {
    out.text(Writer.utf8(laneId))
        .int32(stage)
        .int8(role.number())
        .variableOctets(encapsulation)
        .variableOctets(ciphertext);
  }

  static SealedPart read(Reader in) {
    return new SealedPart(
        in.text("laneId", MAX_LANE_BYTES),
        in.int32("stage"),
        Role.read(in),
        in.variableOctets("encapsulation", ENCAPSULATION_BYTES),
        in.variableOctets("ciphertext", MAX_BYTES));
  }
}
