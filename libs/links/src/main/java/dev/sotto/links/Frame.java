package dev.sotto.links;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A received frame. Its payload lies in the link's own buffer and is valid until the next receive
 * on that link: use it, or {@link #copy} it, before.
 */
public final class Frame {
  private final int kind;
  private final long session;
  private final int step;
  private final byte[] buffer;
  private final int offset;
  private final int length;

  Frame(int kind, long session, int step, byte[] buffer, int offset, int length) {
    this.kind = kind;
    this.session = session;
    this.step = step;
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
  }

  /** The kind, from 0 up to the link's number of kinds. */
  public int kind() {
    return kind;
  }

  /** The session, 64 opaque bits. */
  public long session() {
    return session;
  }

  /** The step, 32 bits without sign. */
  public int step() {
    return step;
  }

  /** The array that holds the payload, from {@link #offset}; the link's own, read only. */
  public byte[] buffer() {
    return buffer;
  }

  /** Where in {@link #buffer} the payload begins. */
  public int offset() {
    return offset;
  }

  /** Length of the payload in bytes. */
  public int length() {
    return length;
  }

  /** The payload in place, read-only, big-endian. */
  public ByteBuffer payload() {
    return ByteBuffer.wrap(buffer, offset, length).slice().asReadOnlyBuffer();
  }

  /** The payload in an array of its own. */
  public byte[] copy() {
    return Arrays.copyOfRange(buffer, offset, offset + length);
  }

  @Override
  public String toString() {
    return "Frame[kind=" + kind + ", step=" + step + ", " + length + " bytes]";
  }
}
