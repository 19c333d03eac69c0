package dev.sotto.models.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small GGUF files, sound or not: nothing is checked. */
final class GgufWriter {
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Tensor(String name, int type, long[] extent, byte[] data) {}

  int version = 3;
  int alignment = 32;
  final Map<String, Object> metadata = new LinkedHashMap<>();
  final List<Tensor> tensors = new ArrayList<>();

  GgufWriter with(String key, Object value) {
    metadata.put(key, value);
    return this;
  }

  /** A matrix, [rows, columns]. */
  GgufWriter tensor(String name, NumberFormat format, int rows, int columns, byte[] data) {
    tensors.add(new Tensor(name, format.ggml, new long[] {columns, rows}, data));
    return this;
  }

  /** A vector. */
  GgufWriter tensor(String name, NumberFormat format, int columns, byte[] data) {
    tensors.add(new Tensor(name, format.ggml, new long[] {columns}, data));
    return this;
  }

  Path write(Path path) throws IOException {
    Files.write(path, bytes());
    return path;
  }

  byte[] bytes() {
    Bytes out = new Bytes();
    out.i32(0x46554747).i32(version).i64(tensors.size()).i64(metadata.size());
    metadata.forEach((key, value) -> value(out.text(key), value));
    long offset = 0;
    for (Tensor t : tensors) {
      out.text(t.name).i32(t.extent.length);
      for (long e : t.extent) {
        out.i64(e);
      }
      out.i32(t.type).i64(offset);
      offset += (t.data.length + alignment - 1L) / alignment * alignment;
    }
    out.align(alignment);
    for (Tensor t : tensors) {
      out.raw(t.data).align(alignment);
    }
    return out.bytes();
  }

  private static void value(Bytes out, Object value) {
    switch (value) {
      case Integer v -> out.i32(4).i32(v);
      case Long v -> out.i32(10).i64(v);
      case Float v -> out.i32(6).i32(Float.floatToRawIntBits(v));
      case Boolean v -> out.i32(7).i8(v ? 1 : 0);
      case String v -> out.i32(8).text(v);
      case int[] v -> {
        out.i32(9).i32(5).i64(v.length);
        for (int i : v) {
          out.i32(i);
        }
      }
      case float[] v -> {
        out.i32(9).i32(6).i64(v.length);
        for (float f : v) {
          out.i32(Float.floatToRawIntBits(f));
        }
      }
      case List<?> v -> {
        out.i32(9).i32(8).i64(v.size());
        v.forEach(s -> out.text((String) s));
      }
      default -> throw new IllegalArgumentException(value.getClass().getName());
    }
  }

  /** Little-endian bytes. */
  static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes i8(int v) {
      out.write(v);
      return this;
    }

    Bytes i16(int v) {
      return i8(v).i8(v >> 8);
    }

    Bytes i32(int v) {
      return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(v).array());
    }

    Bytes i64(long v) {
      return raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(v).array());
    }

    Bytes half(float v) {
      return i16(Float.floatToFloat16(v));
    }

    Bytes text(String v) {
      byte[] utf8 = v.getBytes(StandardCharsets.UTF_8);
      return i64(utf8.length).raw(utf8);
    }

    Bytes raw(byte[] v) {
      out.writeBytes(v);
      return this;
    }

    Bytes align(int to) {
      while (out.size() % to != 0) {
        out.write(0);
      }
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
