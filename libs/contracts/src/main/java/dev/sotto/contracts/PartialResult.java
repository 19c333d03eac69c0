package dev.sotto.contracts;

import dev.sotto.contracts.node.NodeSigner;
import dev.sotto.contracts.node.NodeWord;

/**
 * What one node has to say about one step: its share of the output, sealed to the caller, or that
 * the job is over and why. All of it but the ciphertext is public.
 *
 * @param jobId the job
 * @param laneId the lane
 * @param stage the node's stage
 * @param role the node's role
 * @param serial the step; of a failure the last one that was asked for
 * @param usage what the job has cost at this node so far
 * @param outcome the result or the failure
 * @param signature of the node over all of it and its lane's manifest; empty before it is signed
 */
public record PartialResult(
    JobId jobId,
    String laneId,
    int stage,
    Role role,
    long serial,
    Usage usage,
    Outcome outcome,
    Octets signature)
    implements Message {
  /** How the step ended at this node. */
  public sealed interface Outcome {
    /**
     * A {@link StepResult}, sealed to the job's result key.
     *
     * @param encapsulation with the first result of a node, empty later
     * @param ciphertext sealed
     */
    record Sealed(Octets encapsulation, Octets ciphertext) implements Outcome {
      /** BadMessage when a field is outside its bounds. */
      public Sealed {
        SealedPart.checkSeal("PartialResult", encapsulation, ciphertext);
      }
    }

    /** The job is over at this node. */
    record Failed(Failure failure) implements Outcome {}
  }

  /** Where nodes publish it. */
  public static final String TOPIC = "sotto.partial-results.v1";

  static final byte TYPE = 20;
  private static final int MAX_LANE_BYTES = 63;
  private static final int MAX_FAILURE_BYTES = 1024;
  private static final Octets UNSIGNED = Octets.wrap(new byte[0]);

  /** BadMessage when a field is outside its bounds. */
  public PartialResult {
    Check.name("PartialResult.laneId", laneId);
    Check.range("PartialResult.stage", stage, 0, Lane.MAX_STAGES - 1L);
    Check.range("PartialResult.serial", serial, 0, Long.MAX_VALUE);
    if (outcome instanceof Outcome.Failed(Failure failure) && !failure.jobId().equals(jobId)) {
      throw new BadMessage("PartialResult.failure", "is of another job");
    }
    if (signature.length() != 0) {
      int bytes = NodeWord.SIGNATURE_BYTES;
      Check.length("PartialResult.signature", signature, bytes, bytes);
    }
  }

  /** Not signed yet. */
  public PartialResult(
      JobId jobId, String laneId, int stage, Role role, long serial, Usage usage, Outcome outcome) {
    this(jobId, laneId, stage, role, serial, usage, outcome, UNSIGNED);
  }

  /**
   * Signed by its node.
   *
   * @param identity the node's key, 64 hexadecimal digits
   * @param manifestDigest of its lane, likewise
   */
  public PartialResult signed(String identity, String manifestDigest, NodeSigner signer) {
    byte[] signature = word(identity, manifestDigest).sign(signer);
    return withSignature(Octets.wrap(signature));
  }

  /** Whether it is signed by that node, in that lane; arguments as of {@link #signed}. */
  public boolean isSignedBy(String identity, String manifestDigest) {
    return word(identity, manifestDigest).isSigned(signature.toArray());
  }

  private NodeWord word(String identity, String manifestDigest) {
    return NodeWord.on(TOPIC, identity).with(manifestDigest).with(withSignature(UNSIGNED).encode());
  }

  private PartialResult withSignature(Octets other) {
    return new PartialResult(jobId, laneId, stage, role, serial, usage, outcome, other);
  }

  @Override
  public byte[] encode() {
    byte[] lane = Writer.utf8(laneId);
    Octets first =
        switch (outcome) {
          case Outcome.Sealed s -> s.encapsulation();
          case Outcome.Failed f -> Octets.wrap(f.failure().encode());
        };
    Octets second = outcome instanceof Outcome.Sealed s ? s.ciphertext() : Octets.wrap(new byte[0]);
    int head = 4 + lane.length + 4 + 1 + 8 + 24 + 1;
    int body = head + 4 + first.length() + 4 + second.length() + 4 + signature.length();
    return new Writer(TYPE, jobId, body)
        .text(lane)
        .int32(stage)
        .int8(role.number())
        .int64(serial)
        .int64(usage.rounds())
        .int64(usage.dealtBytes())
        .int64(usage.openedBytes())
        .int8(outcome instanceof Outcome.Sealed ? 0 : 1)
        .variableOctets(first)
        .variableOctets(second)
        .variableOctets(signature)
        .done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static PartialResult decode(byte[] encoding) {
    return Message.decode(encoding, "PartialResult", TYPE, PartialResult::read);
  }

  static PartialResult read(Reader in) {
    JobId jobId = in.jobId();
    String lane = in.text("laneId", MAX_LANE_BYTES);
    int stage = in.int32("stage");
    Role role = Role.read(in);
    long serial = in.int64("serial");
    Usage usage = new Usage(in.int64("rounds"), in.int64("dealtBytes"), in.int64("openedBytes"));
    int kind = in.unsignedByte("outcome");
    int most = kind == 0 ? SealedPart.ENCAPSULATION_BYTES : MAX_FAILURE_BYTES;
    Octets first = in.variableOctets("outcome", most);
    Octets second = in.variableOctets("ciphertext", kind == 0 ? SealedPart.MAX_BYTES : 0);
    Outcome outcome =
        switch (kind) {
          case 0 -> new Outcome.Sealed(first, second);
          case 1 -> new Outcome.Failed(Failure.decode(first.toArray()));
          default -> throw in.bad("outcome", "is none that this version knows");
        };
    Octets signature = in.variableOctets("signature", NodeWord.SIGNATURE_BYTES);
    return new PartialResult(jobId, lane, stage, role, serial, usage, outcome, signature);
  }
}
