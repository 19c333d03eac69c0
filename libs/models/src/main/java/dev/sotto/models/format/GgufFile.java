package dev.sotto.models.format;

import dev.sotto.models.ModelException;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A GGUF file, versions 2 and 3, little-endian: metadata and a directory of tensors, all bounds
 * checked when it is opened (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 */
final class GgufFile implements Closeable {
  private static final int MAGIC = 0x46554747;
  private static final int MOST_KEYS = 4096;
  private static final int MOST_TENSORS = 1 << 16;
  private static final int MOST_KEY_BYTES = 1 << 16;
  private static final int MOST_NAME_BYTES = 256;
  private static final int MOST_ELEMENTS = 1 << 22;
  private static final int MOST_ALIGNMENT = 1 << 16;

  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final MappedFile file;
  private final Map<String, GgufValue> metadata;
  private final Map<String, StoredTensor> tensors;

  private GgufFile(
      MappedFile file, Map<String, GgufValue> metadata, Map<String, StoredTensor> tensors) {
    this.file = file;
    this.metadata = metadata;
    this.tensors = tensors;
  }

  static GgufFile open(Path path) {
    MappedFile file = MappedFile.open(path);
    try {
      return parse(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static GgufFile parse(MappedFile file) {
    GgufCursor cursor = new GgufCursor(file, 0);
    if (cursor.left() < 24 || cursor.i32("magic") != MAGIC) {
      throw new ModelException(
          file.name() + " is not a GGUF file (it does not begin with GGUF); name a .gguf file.");
    }
    int version = cursor.i32("version");
    if (version != 2 && version != 3) {
      String problem =
          Integer.reverseBytes(version) == 3
              ? "the file is big-endian, which is not read"
              : Integer.toUnsignedString(version) + " is not 2 or 3";
      throw cursor.bad("version", problem);
    }
    int tensorCount = (int) cursor.count("tensor count", MOST_TENSORS);
    int keyCount = (int) cursor.count("metadata count", MOST_KEYS);
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    for (int i = 0; i < keyCount; i++) {
      String key = cursor.text("metadata key " + i, MOST_KEY_BYTES);
      if (metadata.put(key, value(cursor, key, cursor.i32(key + " (type)"))) != null) {
        throw cursor.bad(printable(key), "it is there twice");
      }
    }
    Map<String, StoredTensor> tensors = directory(file, cursor, tensorCount, metadata);
    return new GgufFile(file, metadata, tensors);
  }

  private static GgufValue value(GgufCursor cursor, String key, int type) {
    String field = printable(key);
    return switch (type) {
      case 0 -> new GgufValue.Whole(cursor.u8(field));
      case 1 -> new GgufValue.Whole((byte) cursor.u8(field));
      case 2 -> new GgufValue.Whole(cursor.u16(field));
      case 3 -> new GgufValue.Whole((short) cursor.u16(field));
      case 4 -> new GgufValue.Whole(cursor.u32(field));
      case 5 -> new GgufValue.Whole(cursor.i32(field));
      case 6 -> new GgufValue.Real(Float.intBitsToFloat(cursor.i32(field)));
      case 7 -> new GgufValue.Flag(cursor.u8(field) != 0);
      case STRING -> new GgufValue.Text(cursor.text(field, GgufCursor.MOST_TEXT_BYTES));
      case ARRAY -> many(cursor, field);
      case 10 -> new GgufValue.Whole(cursor.count(field, Long.MAX_VALUE));
      case 11 -> new GgufValue.Whole(cursor.i64(field));
      case 12 -> new GgufValue.Real(Double.longBitsToDouble(cursor.i64(field)));
      default -> throw cursor.bad(field, "its type " + type + " is unknown");
    };
  }

  private static GgufValue.Many many(GgufCursor cursor, String field) {
    int type = cursor.i32(field + " (element type)");
    int count = (int) cursor.count(field + " (element count)", MOST_ELEMENTS);
    long from = cursor.at();
    if (type == STRING) {
      for (int i = 0; i < count; i++) {
        cursor.take(field, cursor.count(field + " (element length)", GgufCursor.MOST_TEXT_BYTES));
      }
    } else {
      int bytes =
          switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 10, 11, 12 -> 8;
            default -> throw cursor.bad(field, "lists of type " + type + " are not read");
          };
      cursor.take(field, (long) count * bytes);
    }
    return new GgufValue.Many(type, count, from);
  }

  private static Map<String, StoredTensor> directory(
      MappedFile file, GgufCursor cursor, int count, Map<String, GgufValue> metadata) {
    record Entry(String name, NumberFormat format, int rows, int columns, long offset) {}
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = printable(cursor.text("name of tensor " + i, MOST_NAME_BYTES));
      int dimensions = (int) cursor.u32(name + " (dimensions)");
      if (dimensions < 1 || dimensions > 4) {
        throw cursor.bad(name + " (dimensions)", "there are not 1 to 4 of them");
      }
      int[] extent = {1, 1, 1, 1};
      for (int d = 0; d < dimensions; d++) {
        extent[d] = (int) cursor.count(name + " (dimension " + d + ")", Integer.MAX_VALUE);
        if (extent[d] == 0) {
          throw cursor.bad(name + " (dimension " + d + ")", "it is 0");
        }
      }
      if (extent[2] != 1 || extent[3] != 1) {
        throw cursor.bad(name, "it has more than two dimensions, which no Llama tensor has");
      }
      NumberFormat format = format(cursor, name, cursor.i32(name + " (type)"));
      if (extent[0] % format.blockElements != 0) {
        throw cursor.bad(name, extent[0] + " columns do not divide into blocks of " + format);
      }
      entries.add(
          new Entry(
              name,
              format,
              extent[1],
              extent[0],
              cursor.count(name + " (offset)", Long.MAX_VALUE)));
    }
    long alignment = alignment(cursor, metadata.get("general.alignment"));
    long data = Math.min(file.size(), (cursor.at() + alignment - 1) / alignment * alignment);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Entry e : entries) {
      if (e.offset % alignment != 0) {
        throw cursor.bad(e.name + " (offset)", "it is not a multiple of " + alignment);
      }
      // The offset is checked before it is added to, so that the sum cannot overflow.
      long room = file.size() - data - e.offset;
      StoredTensor tensor =
          new StoredTensor(file, e.format, e.rows, e.columns, data + Math.max(0, e.offset));
      if (room < 0 || tensor.rowBytes() > room / e.rows) {
        throw cursor.bad(e.name, "it reaches beyond the end of the file");
      }
      if (tensors.put(e.name, tensor) != null) {
        throw cursor.bad(e.name, "it is there twice");
      }
    }
    refuseOverlaps(cursor, tensors);
    return tensors;
  }

  private static long alignment(GgufCursor cursor, @Nullable GgufValue value) {
    return switch (value) {
      case null -> 32;
      case GgufValue.Whole(long a) when a >= 8 && a <= MOST_ALIGNMENT && Long.bitCount(a) == 1 -> a;
      default ->
          throw cursor.bad(
              "general.alignment", "it is not a power of two between 8 and " + MOST_ALIGNMENT);
    };
  }

  private static NumberFormat format(GgufCursor cursor, String tensor, int type) {
    for (NumberFormat f : NumberFormat.values()) {
      if (f.ggml == type) {
        return f;
      }
    }
    throw new ModelException(
        "%s: tensor %s is of ggml type %d, which is not read; take a file with F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q4_K or Q6_K."
            .formatted(cursor.name(), tensor, type));
  }

  private static void refuseOverlaps(GgufCursor cursor, Map<String, StoredTensor> tensors) {
    List<Map.Entry<String, StoredTensor>> sorted = new ArrayList<>(tensors.entrySet());
    sorted.sort(Comparator.comparingLong(e -> e.getValue().offset()));
    long end = 0;
    for (Map.Entry<String, StoredTensor> e : sorted) {
      if (e.getValue().offset() < end) {
        throw cursor.bad(e.getKey() + " (offset)", "it overlaps another tensor");
      }
      end = e.getValue().offset() + e.getValue().bytes();
    }
  }

  /** A name from the file, safe to print: no control characters, not long. */
  static String printable(String name) {
    String clean =
        name.codePoints()
            .limit(120)
            .collect(
                StringBuilder::new,
                (b, c) -> b.appendCodePoint(Character.isISOControl(c) ? '?' : c),
                StringBuilder::append)
            .toString();
    return clean.isEmpty() ? "(no name)" : clean;
  }

  String name() {
    return file.name();
  }

  MappedFile file() {
    return file;
  }

  Map<String, StoredTensor> tensors() {
    return tensors;
  }

  boolean has(String key) {
    return metadata.containsKey(key);
  }

  /** The text under {@code key}, or null where there is none. */
  @Nullable String text(String key) {
    return switch (metadata.get(key)) {
      case null -> null;
      case GgufValue.Text(String value) -> value;
      default -> throw bad(key, "it is not a text");
    };
  }

  /**
   * The whole number under {@code key}, within an int's range of what is not negative; or {@code
   * otherwise}.
   */
  int whole(String key, int otherwise) {
    return switch (metadata.get(key)) {
      case null -> otherwise;
      case GgufValue.Whole(long value) when value >= 0 && value <= Integer.MAX_VALUE -> (int) value;
      default -> throw bad(key, "it is not a whole number from 0 to " + Integer.MAX_VALUE);
    };
  }

  /** The whole number under {@code key}. */
  int whole(String key) {
    if (!has(key)) {
      throw bad(key, "it is missing");
    }
    return whole(key, 0);
  }

  double real(String key, double otherwise) {
    return switch (metadata.get(key)) {
      case null -> otherwise;
      case GgufValue.Real(double value) -> value;
      default -> throw bad(key, "it is not a real number");
    };
  }

  boolean flag(String key, boolean otherwise) {
    return switch (metadata.get(key)) {
      case null -> otherwise;
      case GgufValue.Flag(boolean value) -> value;
      default -> throw bad(key, "it is not a flag");
    };
  }

  /**
   * The texts under {@code key}: each at most {@code mostEach} bytes and all at most {@code
   * mostBytes}.
   */
  List<String> texts(String key, int mostEach, long mostBytes) {
    GgufValue.Many many = many(key, STRING);
    GgufCursor cursor = new GgufCursor(file, many.offset());
    List<String> out = new ArrayList<>(many.count());
    for (int i = 0; i < many.count(); i++) {
      out.add(cursor.text(key + "[" + i + "]", mostEach));
      if (cursor.at() - many.offset() > mostBytes) {
        throw bad(key, "its texts have more than " + mostBytes + " bytes together");
      }
    }
    return out;
  }

  /** The 32-bit whole numbers under {@code key}. */
  int[] wholes(String key) {
    GgufValue.Many many = many(key, 5);
    int[] out = new int[many.count()];
    for (int i = 0; i < out.length; i++) {
      out[i] = file.intAt(many.offset() + 4L * i);
    }
    return out;
  }

  /** The 32-bit reals under {@code key}. */
  float[] reals(String key) {
    GgufValue.Many many = many(key, 6);
    float[] out = new float[many.count()];
    for (int i = 0; i < out.length; i++) {
      out[i] = Float.intBitsToFloat(file.intAt(many.offset() + 4L * i));
    }
    return out;
  }

  private GgufValue.Many many(String key, int type) {
    return switch (metadata.get(key)) {
      case GgufValue.Many m when m.type() == type || (type == 5 && m.type() == 4) -> m;
      case null -> throw bad(key, "it is missing");
      default -> throw bad(key, "it is not a list of the right type");
    };
  }

  ModelException bad(String field, String problem) {
    return GgufCursor.bad(file.name(), field, problem);
  }

  @Override
  public void close() {
    file.close();
  }
}
