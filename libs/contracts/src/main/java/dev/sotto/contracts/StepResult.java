package dev.sotto.contracts;

/**
 * That a node has finished a step, with its share of the output if it has one: evaluators of the
 * last stage do, for steps that are answered. It may be longer than a frame: the sender cuts the
 * encoding, not the shares.
 *
 * @param jobId the job
 * @param serial the step
 * @param bits width of each packed share, 1 … 64; 0 without shares
 * @param packedShares the shares, {@code bits} bits each, packed; at most {@value #MAX_SHARE_BYTES}
 *     bytes, none exactly when bits is 0
 */
public record StepResult(JobId jobId, long serial, int bits, Octets packedShares)
    implements Message {
  /** The most bytes of shares. */
  public static final int MAX_SHARE_BYTES = 32 << 20;

  static final byte TYPE = 3;

  /** A step that this node has finished without an output of its own. */
  public static StepResult done(JobId jobId, long serial) {
    return new StepResult(jobId, serial, 0, Octets.wrap(new byte[0]));
  }

  /** BadMessage when a field is outside its bounds. */
  public StepResult {
    Check.range("StepResult.serial", serial, 0, Long.MAX_VALUE);
    Check.range("StepResult.bits", bits, 0, 64);
    int least = bits == 0 ? 0 : 1;
    Check.length("StepResult.packedShares", packedShares, least, bits == 0 ? 0 : MAX_SHARE_BYTES);
  }

  @Override
  public byte[] encode() {
    return new Writer(TYPE, jobId, 8 + 1 + 4 + packedShares.length())
        .int64(serial)
        .int8(bits)
        .variableOctets(packedShares)
        .done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static StepResult decode(byte[] encoding) {
    return Message.decode(encoding, "StepResult", TYPE, StepResult::read);
  }

  static StepResult read(Reader in) {
    return new StepResult(
        in.jobId(),
        in.int64("serial"),
        in.unsignedByte("bits"),
        in.variableOctets("packedShares", MAX_SHARE_BYTES));
  }
}
