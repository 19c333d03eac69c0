package dev.sotto.contracts;

/**
 * One step for one node, on the node's own topic.
 *
 * @param jobId the job
 * @param laneId the lane that the node is to act in
 * @param serial the step's number
 * @param encapsulation as in {@link SealedPart}
 * @param ciphertext as in {@link SealedPart}
 */
public record NodeStep(
    JobId jobId, String laneId, long serial, Octets encapsulation, Octets ciphertext)
    implements Message {
  static final byte TYPE = 18;
  private static final int MAX_LANE_BYTES = 63;

  /** BadMessage when a field is outside its bounds. */
  public NodeStep {
    Check.name("NodeStep.laneId", laneId);
    Check.range("NodeStep.serial", serial, 0, Long.MAX_VALUE);
    SealedPart.checkSeal("NodeStep", encapsulation, ciphertext);
  }

  /** A node's part of a step. */
  public static NodeStep of(SealedStep step, SealedPart part) {
    return new NodeStep(
        step.jobId(), part.laneId(), step.serial(), part.encapsulation(), part.ciphertext());
  }

  @Override
  public byte[] encode() {
    byte[] lane = Writer.utf8(laneId);
    return new Writer(
            TYPE, jobId, 4 + lane.length + 8 + 4 + encapsulation.length() + 4 + ciphertext.length())
        .text(lane)
        .int64(serial)
        .variableOctets(encapsulation)
        .variableOctets(ciphertext)
        .done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static NodeStep decode(byte[] encoding) {
    return Message.decode(encoding, "NodeStep", TYPE, NodeStep::read);
  }

  static NodeStep read(Reader in) {
    return new NodeStep(
        in.jobId(),
        in.text("laneId", MAX_LANE_BYTES),
        in.int64("serial"),
        in.variableOctets("encapsulation", SealedPart.ENCAPSULATION_BYTES),
        in.variableOctets("ciphertext", SealedPart.MAX_BYTES));
  }
}
