package dev.sotto.contracts;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The first message of a job, the same to every role. The roles compare its {@link #hash} over
 * their own links before they spend anything, and refuse a nonce twice.
 *
 * @param jobId the job's name
 * @param modelDigest the model, SHA-256 as 64 hexadecimal digits
 * @param manifestDigest the lane that is to compute it, exactly: SHA-256 of its manifest, or {@link
 *     Lane#digest} where there is none, as 64 hexadecimal digits
 * @param laneId the lane's name
 * @param promptTokens length of the prompt; 1 … {@value #MAX_TOKENS}
 * @param maxTokens at most so many tokens will be generated; 1 … {@value #MAX_TOKENS}
 * @param resultKey the caller's ephemeral key, 32 bytes; results are sealed to it and to no other
 * @param expiresAt after this it may not be opened; milliseconds of the epoch
 * @param nonce 32 fresh random bytes
 * @param digested whether what is answered is digested, as where lanes are compared: the dealer
 *     deals for it, and {@link StepPlan#digested} is the plan
 */
public record JobOpen(
    JobId jobId,
    String modelDigest,
    String manifestDigest,
    String laneId,
    int promptTokens,
    int maxTokens,
    Octets resultKey,
    long expiresAt,
    Octets nonce,
    boolean digested)
    implements Message {
  /** The most tokens that a prompt, or an answer, may have. */
  public static final int MAX_TOKENS = 1 << 20;

  static final byte TYPE = 1;
  private static final int KEY_BYTES = 32;
  private static final int MAX_LANE_BYTES = 63;
  private static final long LAST_MILLIS = 253_402_300_799_999L; // the year 9999 ends

  /** A job without digests. */
  public JobOpen(
      JobId jobId,
      String modelDigest,
      String manifestDigest,
      String laneId,
      int promptTokens,
      int maxTokens,
      Octets resultKey,
      long expiresAt,
      Octets nonce) {
    this(
        jobId,
        modelDigest,
        manifestDigest,
        laneId,
        promptTokens,
        maxTokens,
        resultKey,
        expiresAt,
        nonce,
        false);
  }

  /** BadMessage when a field is outside its bounds. */
  public JobOpen {
    Check.digest("JobOpen.modelDigest", modelDigest);
    Check.digest("JobOpen.manifestDigest", manifestDigest);
    Check.name("JobOpen.laneId", laneId);
    Check.range("JobOpen.promptTokens", promptTokens, 1, MAX_TOKENS);
    Check.range("JobOpen.maxTokens", maxTokens, 1, MAX_TOKENS);
    Check.length("JobOpen.resultKey", resultKey, KEY_BYTES, KEY_BYTES);
    Check.range("JobOpen.expiresAt", expiresAt, 1, LAST_MILLIS);
    Check.length("JobOpen.nonce", nonce, KEY_BYTES, KEY_BYTES);
  }

  @Override
  public byte[] encode() {
    byte[] lane = Writer.utf8(laneId);
    int body = 2 * KEY_BYTES + 4 + lane.length + 4 + 4 + KEY_BYTES + 8 + KEY_BYTES + 1;
    return new Writer(TYPE, jobId, body)
        .octets(Octets.wrap(HexFormat.of().parseHex(modelDigest)))
        .octets(Octets.wrap(HexFormat.of().parseHex(manifestDigest)))
        .text(lane)
        .int32(promptTokens)
        .int32(maxTokens)
        .octets(resultKey)
        .int64(expiresAt)
        .octets(nonce)
        .int8(digested ? 1 : 0)
        .done();
  }

  /** SHA-256 of the encoding: equal exactly when the whole message is. */
  public byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(encode());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static JobOpen decode(byte[] encoding) {
    return Message.decode(encoding, "JobOpen", TYPE, JobOpen::read);
  }

  static JobOpen read(Reader in) {
    return new JobOpen(
        in.jobId(),
        HexFormat.of().formatHex(in.octets("modelDigest", KEY_BYTES).toArray()),
        HexFormat.of().formatHex(in.octets("manifestDigest", KEY_BYTES).toArray()),
        in.text("laneId", MAX_LANE_BYTES),
        in.int32("promptTokens"),
        in.int32("maxTokens"),
        in.octets("resultKey", KEY_BYTES),
        in.int64("expiresAt"),
        in.octets("nonce", KEY_BYTES),
        in.bool("digested"));
  }
}
