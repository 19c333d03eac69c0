package dev.sotto.contracts;

import dev.sotto.contracts.digest.DigestPoint;

/**
 * Asks a node to digest the answered steps since the last digest, in place of a step: sent when
 * every lane's outputs of those steps are in, and not before.
 *
 * @param jobId the job
 * @param serial its place among the job's steps: a digest's in {@link StepPlan#digested}, or any
 *     other one behind an answered step, after which nothing more comes
 * @param seed fresh; the rows of all these steps are drawn from it, and of no other
 * @param pad this node's share of a one-time pad, {@value DigestPoint#STEP_BYTES} bytes a step; the
 *     shares of a lane's evaluators add to the same pad in every lane. Empty for a node that has no
 *     output
 */
public record DigestRequest(JobId jobId, long serial, Octets seed, Octets pad) implements Message {
  /** Length of a seed. */
  public static final int SEED_BYTES = 16;

  static final byte TYPE = 22;

  /** BadMessage when a field is outside its bounds. */
  public DigestRequest {
    Check.range("DigestRequest.serial", serial, 0, Long.MAX_VALUE);
    Check.length("DigestRequest.seed", seed, SEED_BYTES, SEED_BYTES);
    Check.length("DigestRequest.pad", pad, 0, StepPlan.DIGEST_WINDOW * DigestPoint.STEP_BYTES);
  }

  @Override
  public byte[] encode() {
    return new Writer(TYPE, jobId, 8 + SEED_BYTES + 4 + pad.length())
        .int64(serial)
        .octets(seed)
        .variableOctets(pad)
        .done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static DigestRequest decode(byte[] encoding) {
    return Message.decode(encoding, "DigestRequest", TYPE, DigestRequest::read);
  }

  /** Whether these bytes are one, rather than a step, as far as the first tells. */
  public static boolean begins(byte[] encoding) {
    return encoding.length > 0 && encoding[0] == TYPE;
  }

  static DigestRequest read(Reader in) {
    return new DigestRequest(
        in.jobId(),
        in.int64("serial"),
        in.octets("seed", SEED_BYTES),
        in.variableOctets("pad", StepPlan.DIGEST_WINDOW * DigestPoint.STEP_BYTES));
  }
}
