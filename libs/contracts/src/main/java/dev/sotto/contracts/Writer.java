package dev.sotto.contracts;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes one message into an array of exactly its length. */
final class Writer {
  static final int VERSION = 1;
  static final int HEAD_BYTES = 2 + JobId.BYTES;

  private final ByteBuffer out;

  /** Type, version and job; {@code bodyBytes} more will follow. */
  Writer(int type, JobId jobId, int bodyBytes) {
    out = ByteBuffer.allocate(HEAD_BYTES + bodyBytes);
    out.put((byte) type).put((byte) VERSION).putLong(jobId.high()).putLong(jobId.low());
  }

  Writer int8(int value) {
    out.put((byte) value);
    return this;
  }

  Writer int32(int value) {
    out.putInt(value);
    return this;
  }

  Writer int64(long value) {
    out.putLong(value);
    return this;
  }

  Writer octets(Octets octets) {
    octets.putTo(out);
    return this;
  }

  Writer variableOctets(Octets octets) {
    return int32(octets.length()).octets(octets);
  }

  Writer text(byte[] utf8) {
    int32(utf8.length);
    out.put(utf8);
    return this;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  byte[] done() {
    if (out.hasRemaining()) {
      throw new IllegalStateException("a message is shorter than its writer announced");
    }
    return out.array();
  }
}
