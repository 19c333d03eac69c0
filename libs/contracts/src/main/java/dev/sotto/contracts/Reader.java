package dev.sotto.contracts;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads one message strictly: each miss names its field, no length is believed before a check. */
final class Reader {
  private final ByteBuffer in;
  private final String name;

  Reader(byte[] encoding, String name, int type) {
    this.name = name;
    if (encoding.length > Message.MAX_BYTES) {
      throw bad("length", "is above " + Message.MAX_BYTES + " bytes");
    }
    in = ByteBuffer.wrap(encoding);
    if (unsignedByte("type") != type) {
      throw bad("type", "is that of another message");
    }
    if (unsignedByte("version") != Writer.VERSION) {
      throw bad("version", "is not " + Writer.VERSION + "; both sides need the same release");
    }
  }

  int unsignedByte(String field) {
    return need(field, 1).get() & 0xff;
  }

  /** 0 or 1, and nothing else: there is one encoding. */
  boolean bool(String field) {
    int value = unsignedByte(field);
    if (value > 1) {
      throw bad(field, "is neither 0 nor 1");
    }
    return value == 1;
  }

  int int32(String field) {
    return need(field, Integer.BYTES).getInt();
  }

  long int64(String field) {
    return need(field, Long.BYTES).getLong();
  }

  JobId jobId() {
    long high = int64("jobId");
    return new JobId(high, int64("jobId"));
  }

  /** Exactly {@code length} bytes. */
  Octets octets(String field, int length) {
    need(field, length);
    byte[] bytes = new byte[length];
    in.get(bytes);
    return Octets.wrap(bytes);
  }

  /** A u32 length of at most {@code max}, then as many bytes. */
  Octets variableOctets(String field, int max) {
    return octets(field, length(field, max));
  }

  /** A u32 length of at most {@code maxBytes}, then as much well-formed UTF-8. */
  String text(String field, int maxBytes) {
    int length = length(field, maxBytes);
    ByteBuffer bytes = need(field, length).slice(in.position(), length);
    in.position(in.position() + length);
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes);
      return text.toString();
    } catch (CharacterCodingException e) {
      throw bad(field, "is not UTF-8");
    }
  }

  /** A u32 count of at most {@code max} items of at least {@code itemBytes} each. */
  int count(String field, int max, int itemBytes) {
    int count = length(field, max);
    need(field, Math.multiplyExact(count, itemBytes));
    return count;
  }

  void end() {
    if (in.hasRemaining()) {
      throw bad("length", "is above what its fields take");
    }
  }

  BadMessage bad(String field, String rule) {
    return new BadMessage(name + "." + field, rule);
  }

  private int length(String field, int max) {
    int length = int32(field);
    if (length < 0 || length > max) {
      throw bad(field, "is longer than " + max);
    }
    return length;
  }

  private ByteBuffer need(String field, int bytes) {
    if (in.remaining() < bytes) {
      throw bad(field, "is cut off");
    }
    return in;
  }
}
