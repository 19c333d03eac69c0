package dev.sotto.contracts;

import java.util.ArrayList;
import java.util.List;

/**
 * The partial results of one step, of all nodes of all its lanes, as the enclave gets them.
 *
 * @param jobId the job
 * @param serial the step
 * @param results in no particular order; at most {@value SealedStep#MAX_PARTS}
 */
public record SealedResults(JobId jobId, long serial, List<PartialResult> results)
    implements Message {
  static final byte TYPE = 21;

  /** BadMessage when a field is outside its bounds. */
  public SealedResults {
    results = List.copyOf(results);
    Check.range("SealedResults.serial", serial, 0, Long.MAX_VALUE);
    Check.range("SealedResults.results", results.size(), 1, SealedStep.MAX_PARTS);
    if (results.stream().anyMatch(result -> !result.jobId().equals(jobId))) {
      throw new BadMessage("SealedResults.results", "must all be of the job");
    }
  }

  @Override
  public byte[] encode() {
    List<Octets> encoded = results.stream().map(result -> Octets.wrap(result.encode())).toList();
    int body = 8 + 4 + encoded.stream().mapToInt(result -> 4 + result.length()).sum();
    Writer out = new Writer(TYPE, jobId, body).int64(serial).int32(encoded.size());
    encoded.forEach(out::variableOctets);
    return out.done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static SealedResults decode(byte[] encoding) {
    return Message.decode(encoding, "SealedResults", TYPE, SealedResults::read);
  }

  static SealedResults read(Reader in) {
    JobId jobId = in.jobId();
    long serial = in.int64("serial");
    int count = in.count("results", SealedStep.MAX_PARTS, 4 + Writer.HEAD_BYTES);
    List<PartialResult> results = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      results.add(
          PartialResult.decode(in.variableOctets("results", 2 * SealedPart.MAX_BYTES).toArray()));
    }
    return new SealedResults(jobId, serial, results);
  }
}
