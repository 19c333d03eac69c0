package dev.sotto.mpc;

/**
 * Ordered bytes to and from one other role. Both ends know from public shapes how long the next
 * message is, so there are no headers here; what carries the bytes adds and checks its own. Both
 * ends may send before either receives.
 */
public interface Channel {
  /** Sends bytes[0 … length). The array may be used again afterwards. */
  void send(byte[] bytes, int length);

  /** Fills bytes[0 … length) with what the other end sent; throws {@link Abort} if it cannot. */
  void receive(byte[] bytes, int length);
}
