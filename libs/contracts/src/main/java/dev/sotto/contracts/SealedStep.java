package dev.sotto.contracts;

import java.util.ArrayList;
import java.util.List;

/**
 * One step of a job as it leaves the enclave: a part for every node of its lanes.
 *
 * @param jobId the job
 * @param serial the step's number
 * @param tokens how many tokens it feeds; public. None for a digest
 * @param parts one for each role, stage and lane; at most {@value #MAX_PARTS}
 */
public record SealedStep(JobId jobId, long serial, int tokens, List<SealedPart> parts)
    implements Message {
  /** The most nodes of all lanes of a job. */
  public static final int MAX_PARTS = 256;

  /** The longest encoding, in bytes: what a broker must take. */
  public static final int MAX_BYTES = 4 << 20;

  static final byte TYPE = 17;

  /** BadMessage when a field is outside its bounds. */
  public SealedStep {
    parts = List.copyOf(parts);
    Check.range("SealedStep.serial", serial, 0, Long.MAX_VALUE);
    Check.range("SealedStep.tokens", tokens, 0, StepRequest.MAX_TOKENS);
    Check.range("SealedStep.parts", parts.size(), 1, MAX_PARTS);
    Check.range("SealedStep.length", bytes(parts), 0, MAX_BYTES);
  }

  private static long bytes(List<SealedPart> parts) {
    return Writer.HEAD_BYTES + 16 + parts.stream().mapToLong(SealedPart::bytes).sum();
  }

  @Override
  public byte[] encode() {
    Writer out = new Writer(TYPE, jobId, (int) bytes(parts) - Writer.HEAD_BYTES);
    out.int64(serial).int32(tokens).int32(parts.size());
    parts.forEach(part -> part.write(out));
    return out.done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static SealedStep decode(byte[] encoding) {
    return Message.decode(encoding, "SealedStep", TYPE, SealedStep::read);
  }

  static SealedStep read(Reader in) {
    JobId jobId = in.jobId();
    long serial = in.int64("serial");
    int tokens = in.int32("tokens");
    int count = in.count("parts", MAX_PARTS, 4 + 1 + 4 + 1 + 4 + 4 + 16);
    List<SealedPart> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      parts.add(SealedPart.read(in));
    }
    return new SealedStep(jobId, serial, tokens, parts);
  }
}
