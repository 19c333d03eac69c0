package dev.sotto.node.peer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What two roles say to each other before they spend anything: which job, what for, the hash of
 * what the caller told this role, and 32 fresh bytes for the session's keys. All of it is public.
 *
 * @param job the job's id, 16 bytes
 * @param purpose what the link is for
 * @param hash of the caller's first message, 32 bytes: roles that were told different things stop
 *     here
 * @param cut which cutting of the model this role's shard is of, 16 bytes: with shards of two
 *     cuttings the masks do not cancel, and answers would be nonsense
 * @param fresh this role's contribution to the session keys, 32 bytes
 */
public record Greeting(byte[] job, Purpose purpose, byte[] hash, byte[] cut, byte[] fresh) {
  static final int BYTES = 16 + 1 + 32 + 16 + 32;

  /** What a link carries during a job. */
  public enum Purpose {
    EVALUATORS(0),
    DEALER_EVALUATOR_0(1),
    DEALT(2),
    LOOK_UPS(3),
    HAND_OVER(4);

    private final int code;

    Purpose(int code) {
      this.code = code;
    }
  }

  byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .put(job)
        .put((byte) purpose.code)
        .put(hash)
        .put(cut)
        .put(fresh)
        .array();
  }

  static Greeting decode(ByteBuffer in) {
    if (in.remaining() != BYTES) {
      throw new IllegalArgumentException("a greeting has " + BYTES + " bytes");
    }
    byte[] job = new byte[16];
    in.get(job);
    int code = in.get();
    Purpose purpose =
        Arrays.stream(Purpose.values())
            .filter(p -> p.code == code)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("a greeting has no purpose " + code));
    byte[] hash = new byte[32];
    in.get(hash);
    byte[] cut = new byte[16];
    in.get(cut);
    byte[] fresh = new byte[32];
    in.get(fresh);
    return new Greeting(job, purpose, hash, cut, fresh);
  }

  @Override
  public String toString() {
    return "Greeting[" + HexFormat.of().formatHex(job) + ", " + purpose + "]";
  }
}
