package dev.sotto.contracts;

import dev.sotto.contracts.seal.SealKey;

/**
 * The first plaintext that a node opens of a sealed job: what all roles agree on, the key for its
 * results, and the first step.
 *
 * @param open the same to every role; its resultKey is {@link SealKey#fingerprint} of {@code key}
 * @param key the caller's ephemeral key; results are sealed to it and to no other
 * @param first the first step, for this role
 */
public record JobEnvelope(JobOpen open, SealKey key, StepRequest first) implements Message {
  static final byte TYPE = 16;
  private static final int MAX_OPEN_BYTES = 1024;

  /** BadMessage when the parts do not belong together. */
  public JobEnvelope {
    if (!open.resultKey().equals(key.fingerprint())) {
      throw new BadMessage("JobEnvelope.key", "must be the one that the job names");
    }
    if (!open.jobId().equals(first.jobId()) || first.serial() != 0) {
      throw new BadMessage("JobEnvelope.first", "must be the job's first step");
    }
  }

  @Override
  public JobId jobId() {
    return open.jobId();
  }

  @Override
  public byte[] encode() {
    Octets agreed = Octets.wrap(open.encode());
    Octets step = Octets.wrap(first.encode());
    return new Writer(TYPE, jobId(), 4 + agreed.length() + SealKey.BYTES + 4 + step.length())
        .variableOctets(agreed)
        .octets(key.encoded())
        .variableOctets(step)
        .done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static JobEnvelope decode(byte[] encoding) {
    return Message.decode(encoding, "JobEnvelope", TYPE, JobEnvelope::read);
  }

  static JobEnvelope read(Reader in) {
    JobId jobId = in.jobId();
    JobOpen open = JobOpen.decode(in.variableOctets("open", MAX_OPEN_BYTES).toArray());
    SealKey key = new SealKey(in.octets("key", SealKey.BYTES));
    StepRequest first =
        StepRequest.decode(in.variableOctets("first", SealedPart.MAX_BYTES).toArray());
    if (!jobId.equals(open.jobId())) {
      throw in.bad("open", "is of another job");
    }
    return new JobEnvelope(open, key, first);
  }
}
