package dev.sotto.contracts.event;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.node.NodeSigner;
import dev.sotto.contracts.node.NodeWord;
import java.util.Base64;

/**
 * One evaluator's share of the digests of a window of answered steps, under its share of a pad that
 * the job's enclave has dealt: uniform, like every sum of such shares that is not of one lane. Both
 * shares of a lane together are the padded digests; two lanes' together say how far apart they are.
 *
 * @param jobId the job
 * @param manifestDigest the lane, exactly: SHA-256 of its manifest, 64 hexadecimal digits
 * @param stage the node's stage
 * @param role the node's role, an evaluator's
 * @param serial the digest's place among the job's steps
 * @param from the first answered step that it covers
 * @param count how many answered steps it covers; 1 … 16
 * @param bits {@value DigestPoint#STEP_BYTES} bytes a step, base64
 * @param signature of the node over all of it, base64; empty before it is signed
 */
public record DigestShared(
    String jobId,
    String manifestDigest,
    int stage,
    Role role,
    int serial,
    int from,
    int count,
    String bits,
    String signature)
    implements Event {
  /** BadMessage when a field is outside its bounds. */
  public DigestShared {
    Fields.jobId("DigestShared.jobId", jobId);
    Check.digest("DigestShared.manifestDigest", manifestDigest);
    Check.range("DigestShared.stage", stage, 0, Lane.MAX_STAGES - 1L);
    if (role == Role.DEALER) {
      throw new BadMessage("DigestShared.role", "must be an evaluator's");
    }
    Check.range("DigestShared.count", count, 1, StepPlan.DIGEST_WINDOW);
    Check.range("DigestShared.from", from, 0, Integer.MAX_VALUE - count);
    Check.range("DigestShared.serial", serial, from + count, from + count);
    Check.range(
        "DigestShared.bits' length", bits.length(), 0, base64Length(StepPlan.DIGEST_WINDOW));
    octets(bits, count);
    NodeSignatures.check("DigestShared.signature", signature);
  }

  /** Not signed yet. */
  public DigestShared(
      String jobId,
      String manifestDigest,
      int stage,
      Role role,
      int serial,
      int from,
      int count,
      String bits) {
    this(jobId, manifestDigest, stage, role, serial, from, count, bits, "");
  }

  /**
   * Signed by its node.
   *
   * @param identity the node's key, 64 hexadecimal digits
   */
  public DigestShared signed(String identity, NodeSigner signer) {
    String signature = NodeSignatures.text(word(identity).sign(signer));
    return new DigestShared(
        jobId, manifestDigest, stage, role, serial, from, count, bits, signature);
  }

  /** Whether it is signed by the node with that key. */
  public boolean isSignedBy(String identity) {
    return word(identity).isSigned(NodeSignatures.bytes(signature));
  }

  private NodeWord word(String identity) {
    return NodeWord.on(topic().topicName(), identity)
        .with(jobId)
        .with(manifestDigest)
        .with(stage)
        .with(role.name())
        .with(serial)
        .with(from)
        .with(count)
        .with(octets().toArray());
  }

  private static long base64Length(int steps) {
    return 4L * ((steps * DigestPoint.STEP_BYTES + 2) / 3);
  }

  private static Octets octets(String bits, int count) {
    try {
      Octets octets = Octets.wrap(Base64.getDecoder().decode(bits));
      int bytes = count * DigestPoint.STEP_BYTES;
      Check.length("DigestShared.bits", octets, bytes, bytes);
      return octets;
    } catch (IllegalArgumentException e) {
      throw new BadMessage("DigestShared.bits", "must be base64");
    }
  }

  /** The bits' bytes, {@code count} digests one after the other. */
  public Octets octets() {
    return octets(bits, count);
  }

  @Override
  public Topic topic() {
    return Topic.DIGESTS;
  }

  @Override
  public String key() {
    return jobId;
  }

  /** Signed since its second. */
  @Override
  public int version() {
    return 2;
  }

  /** Which part of which digest. */
  @Override
  public String toString() {
    return "DigestShared[%s, step %d, %s]".formatted(jobId, serial, role);
  }
}
