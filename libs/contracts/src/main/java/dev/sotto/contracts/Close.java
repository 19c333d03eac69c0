package dev.sotto.contracts;

/**
 * The caller is done with a job: whatever a node still holds for it is dropped.
 *
 * @param jobId the job
 */
public record Close(JobId jobId) implements Message {
  static final byte TYPE = 5;

  @Override
  public byte[] encode() {
    return new Writer(TYPE, jobId, 0).done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static Close decode(byte[] encoding) {
    return Message.decode(encoding, "Close", TYPE, Close::read);
  }

  static Close read(Reader in) {
    return new Close(in.jobId());
  }
}
