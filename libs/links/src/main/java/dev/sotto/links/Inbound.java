package dev.sotto.links;

import static dev.sotto.links.Link.HEADER_BYTES;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Cuts what TLS delivers into frames, in one buffer that each frame borrows. */
final class Inbound {
  private static final int FIRST_BUFFER_BYTES = 1 << 15;

  private final WireSocket wire;
  private final InputStream in;
  private final LinkSettings settings;
  private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
  private int position;
  private int limit;

  Inbound(WireSocket wire, InputStream in, LinkSettings settings) {
    this.wire = wire;
    this.in = in;
    this.settings = settings;
  }

  /** The next frame; a LinkException says why there is none, and the link is to end. */
  Frame next(Duration timeout) throws IOException {
    try {
      wire.readUntil(System.nanoTime() + timeout.toNanos());
      if (!fill(1)) {
        throw gone();
      }
      wire.readUntil(System.nanoTime() + settings.frameTimeout().toNanos());
      if (!fill(HEADER_BYTES)) {
        throw cut();
      }
      int length = (int) Link.INT.get(buffer, position);
      int kind = buffer[position + 4] & 0xff;
      long session = (long) Link.LONG.get(buffer, position + 5);
      int step = (int) Link.INT.get(buffer, position + 13);
      if (length < 0 || length > settings.maxFrameBytes()) {
        throw new PeerCheated(
            PeerCheated.What.OVERSIZED,
            "a frame announces %s bytes where %d are allowed"
                .formatted(Integer.toUnsignedString(length), settings.maxFrameBytes()));
      }
      if (kind >= settings.kinds()) {
        throw new PeerCheated(
            PeerCheated.What.WRONG_KIND, "a frame is of kind %d, which is none".formatted(kind));
      }
      if (!fill(HEADER_BYTES + length)) {
        throw cut();
      }
      Frame frame = new Frame(kind, session, step, buffer, position + HEADER_BYTES, length);
      position += HEADER_BYTES + length;
      return frame;
    } catch (SocketTimeoutException e) {
      throw new PeerGone(
          PeerGone.How.TIMED_OUT,
          position == limit
              ? "the peer sent nothing within the time-out"
              : "the peer stalled in the middle of a frame",
          e);
    }
  }

  /** Reads until the buffer holds {@code bytes} unread ones; false when the peer ended before. */
  private boolean fill(int bytes) throws IOException {
    while (limit - position < bytes) {
      if (position == limit) {
        position = 0;
        limit = 0;
      }
      if (buffer.length - position < bytes) {
        // What the last frame borrowed is over by now: its place may be taken.
        byte[] to = buffer.length < bytes ? new byte[roomFor(bytes)] : buffer;
        System.arraycopy(buffer, position, to, 0, limit - position);
        limit -= position;
        position = 0;
        buffer = to;
      }
      int n = in.read(buffer, limit, buffer.length - limit);
      if (n < 0) {
        return false;
      }
      limit += n;
    }
    return true;
  }

  private int roomFor(int bytes) {
    long twice = Math.max(bytes, 2L * buffer.length);
    return (int) Math.max(bytes, Math.min(twice, HEADER_BYTES + (long) settings.maxFrameBytes()));
  }

  private LinkException gone() {
    return wire.ended()
        ? new PeerGone(PeerGone.How.RESET, "the connection ended without a goodbye")
        : new PeerGone(PeerGone.How.CLOSED, "the peer closed the link");
  }

  private LinkException cut() {
    return wire.ended()
        ? new PeerGone(PeerGone.How.RESET, "the connection ended in the middle of a frame")
        : new PeerCheated(
            PeerCheated.What.TRUNCATED, "the peer closed the link in the middle of a frame");
  }
}
