package dev.sotto.contracts;

import java.util.ArrayList;
import java.util.List;

/**
 * One step of a job for one role: the tokens' look-up keys.
 *
 * @param jobId the job
 * @param serial the step's number in its job: n runs once, after n − 1; not negative
 * @param position of its first token in the context; 0 … 2^20
 * @param tokens how many tokens; 1 … {@value #MAX_TOKENS}
 * @param keys the look-up keys, opaque here, in the order that the look-up defines: at most {@value
 *     #MAX_KEYS_PER_TOKEN} a token, of 1 … {@value #MAX_KEY_BYTES} bytes each, and {@value
 *     #MAX_KEYS_BYTES} together; none for a role that looks nothing up
 */
public record StepRequest(JobId jobId, long serial, int position, int tokens, List<Octets> keys)
    implements Message {
  /** The most tokens of one step. */
  public static final int MAX_TOKENS = 8192;

  /** The most keys for one token. */
  public static final int MAX_KEYS_PER_TOKEN = 8;

  /** The longest key. */
  public static final int MAX_KEY_BYTES = 4096;

  /** The most bytes of all keys of a step, with four for each key's length. */
  public static final int MAX_KEYS_BYTES = 32 << 20;

  static final byte TYPE = 2;

  /** BadMessage when a field is outside its bounds. */
  public StepRequest {
    keys = List.copyOf(keys);
    Check.range("StepRequest.serial", serial, 0, Long.MAX_VALUE);
    Check.range("StepRequest.position", position, 0, JobOpen.MAX_TOKENS);
    Check.range("StepRequest.tokens", tokens, 1, MAX_TOKENS);
    Check.range("StepRequest.keys", keys.size(), 0, (long) tokens * MAX_KEYS_PER_TOKEN);
    for (Octets key : keys) {
      Check.length("StepRequest.keys", key, 1, MAX_KEY_BYTES);
    }
    Check.range("StepRequest.keys' length", bytes(keys), 0, MAX_KEYS_BYTES);
  }

  private static long bytes(List<Octets> keys) {
    return keys.stream().mapToLong(key -> 4L + key.length()).sum();
  }

  @Override
  public byte[] encode() {
    Writer out = new Writer(TYPE, jobId, 8 + 4 + 4 + 4 + (int) bytes(keys));
    out.int64(serial).int32(position).int32(tokens).int32(keys.size());
    keys.forEach(out::variableOctets);
    return out.done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static StepRequest decode(byte[] encoding) {
    return Message.decode(encoding, "StepRequest", TYPE, StepRequest::read);
  }

  static StepRequest read(Reader in) {
    JobId jobId = in.jobId();
    long serial = in.int64("serial");
    int position = in.int32("position");
    int tokens = in.int32("tokens");
    int count = in.count("keys", MAX_TOKENS * MAX_KEYS_PER_TOKEN, 4 + 1);
    List<Octets> keys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      keys.add(in.variableOctets("keys", MAX_KEY_BYTES));
    }
    return new StepRequest(jobId, serial, position, tokens, keys);
  }
}
