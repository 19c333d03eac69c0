package dev.sotto.models.format;

import dev.sotto.models.ModelException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Walks through a GGUF file's header; never beyond the file, never over a length that it has not
 * checked.
 */
final class GgufCursor {
  /** Longest text that a header may hold (a chat template is a few kB). */
  static final int MOST_TEXT_BYTES = 16 << 20;

  private final MappedFile file;
  private long at;

  GgufCursor(MappedFile file, long at) {
    this.file = file;
    this.at = at;
  }

  String name() {
    return file.name();
  }

  long at() {
    return at;
  }

  long left() {
    return file.size() - at;
  }

  int u8(String field) {
    return file.byteAt(take(field, 1)) & 0xff;
  }

  int u16(String field) {
    return file.shortAt(take(field, 2)) & 0xffff;
  }

  int i32(String field) {
    return file.intAt(take(field, 4));
  }

  long u32(String field) {
    return Integer.toUnsignedLong(i32(field));
  }

  long i64(String field) {
    return file.longAt(take(field, 8));
  }

  /** A count of at most {@code most}; unsigned, so that a set top bit is refused too. */
  long count(String field, long most) {
    long value = i64(field);
    if (value < 0 || value > most) {
      throw bad(field, Long.toUnsignedString(value) + " is more than the " + most + " allowed");
    }
    return value;
  }

  /** A text of at most {@code most} bytes of UTF-8. */
  String text(String field, int most) {
    int length = (int) count(field + " (length)", most);
    byte[] bytes = new byte[length <= left() ? length : 0];
    file.copy(take(field, length), bytes, length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw bad(field, "it is not UTF-8");
    }
  }

  /** Steps over {@code bytes}; says where they began. */
  long take(String field, long bytes) {
    if (bytes > left()) {
      throw bad(field, "the file ends within it");
    }
    long from = at;
    at += bytes;
    return from;
  }

  ModelException bad(String field, String problem) {
    return bad(file.name(), field, problem);
  }

  static ModelException bad(String file, String field, String problem) {
    return new ModelException(
        "%s: %s: %s; fetch the file again or take another.".formatted(file, field, problem));
  }
}
