package dev.sotto.links;

import java.time.Duration;

/**
 * Frames between two authenticated nodes, in order, each at most once. One thread sends at a time
 * and one receives at a time; they may be two. Everything that fails throws a {@link LinkException}
 * and ends the channel.
 */
public sealed interface FrameChannel extends AutoCloseable permits Link, SealedFrames {
  /** The peer's pinned identity. */
  IdentityKey peer();

  /** The longest payload in bytes that one frame carries; callers split what is longer. */
  int maxPayloadBytes();

  /**
   * Sends buffer[offset … offset + length) as one frame. The caller may change the buffer as soon
   * as this returns. It does not wait for the peer to read until the bounded queue is full, and
   * then no longer than the write time-out. IllegalArgumentException for a kind or a length that
   * the channel does not carry.
   */
  void send(int kind, long session, int step, byte[] buffer, int offset, int length);

  /**
   * The next frame, for whose first byte this waits as long as {@code timeout}; once begun, a frame
   * has the frame time-out to be complete. A time-out ends the channel.
   */
  Frame receive(Duration timeout);

  /** The next frame, which must be of this kind, session and step: else the peer cheated. */
  default Frame expect(int kind, long session, int step, Duration timeout) {
    Frame frame = receive(timeout);
    if (frame.session() != session) {
      throw cheated(PeerCheated.What.WRONG_SESSION, "a frame belongs to another session");
    }
    if (frame.step() != step) {
      throw cheated(
          PeerCheated.What.WRONG_STEP,
          "a frame of step %s came where step %s is due"
              .formatted(Integer.toUnsignedString(frame.step()), Integer.toUnsignedString(step)));
    }
    if (frame.kind() != kind) {
      throw cheated(
          PeerCheated.What.WRONG_KIND,
          "a frame of kind %d came where kind %d is due".formatted(frame.kind(), kind));
    }
    return frame;
  }

  /**
   * Ends the channel at once because the peer broke a rule, and returns what to throw. {@code
   * sentence} says which rule and quotes no content.
   */
  PeerCheated cheated(PeerCheated.What what, String sentence);

  /** What was carried so far; any thread may ask at any time. */
  LinkCounts counts();

  /** Whether the channel has ended, on whatever ground. */
  boolean isClosed();

  /**
   * Sends what is queued, within the write time-out, says goodbye and closes. A receive that waits
   * in another thread ends with {@link PeerGone}. May be called by any thread, more than once.
   */
  @Override
  void close();
}
