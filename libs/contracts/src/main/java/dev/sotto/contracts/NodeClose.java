package dev.sotto.contracts;

/**
 * Tells a node, on its own topic, that a job is over: finished, cancelled or failed elsewhere.
 *
 * @param jobId the job
 */
public record NodeClose(JobId jobId) implements Message {
  static final byte TYPE = 19;

  @Override
  public byte[] encode() {
    return new Writer(TYPE, jobId, 0).done();
  }

  /** The message that {@link #encode} made of it, or BadMessage. */
  public static NodeClose decode(byte[] encoding) {
    return Message.decode(encoding, "NodeClose", TYPE, NodeClose::read);
  }

  static NodeClose read(Reader in) {
    return new NodeClose(in.jobId());
  }
}
