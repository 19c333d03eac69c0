package dev.sotto.models.format;

import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A safetensors file: a length, a header of JSON, tensors without gaps
 * (https://github.com/huggingface/safetensors#format).
 */
final class SafetensorsFile implements Closeable {
  private static final int MOST_HEADER = 64 << 20;
  private static final int MOST_TENSORS = 1 << 16;
  private static final String METADATA = "__metadata__";

  private final MappedFile file;
  private final Map<String, StoredTensor> tensors;

  private SafetensorsFile(MappedFile file, Map<String, StoredTensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  static SafetensorsFile open(Path path) {
    MappedFile file = MappedFile.open(path);
    try {
      return new SafetensorsFile(file, parse(file));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Map<String, StoredTensor> parse(MappedFile file) {
    if (file.size() < 8) {
      throw bad(file, "header length", "the file ends within it");
    }
    long length = file.longAt(0);
    if (length < 2 || length > Math.min(MOST_HEADER, file.size() - 8)) {
      throw bad(
          file,
          "header length",
          Long.toUnsignedString(length) + " is beyond the file, or beyond " + MOST_HEADER);
    }
    byte[] header = new byte[(int) length];
    file.copy(8, header, header.length);
    StrictJson json = StrictJson.parse(file.name() + " (header)", header);
    if (json.node().size() > MOST_TENSORS) {
      throw bad(file, "header", "it lists more than " + MOST_TENSORS + " tensors");
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    json.node()
        .forEachEntry(
            (name, node) -> {
              if (!name.equals(METADATA)) {
                tensors.put(name, tensor(file, 8 + length, StrictJson.printable(name), node));
              }
            });
    refuseGaps(file, 8 + length, tensors);
    return tensors;
  }

  private static StoredTensor tensor(MappedFile file, long data, String name, JsonNode node) {
    NumberFormat format =
        switch (node.path("dtype").asString("")) {
          case "F32" -> NumberFormat.F32;
          case "F16" -> NumberFormat.F16;
          case "BF16" -> NumberFormat.BF16;
          default ->
              throw bad(file, name + ".dtype", "it is none of F32, F16 and BF16, which are read");
        };
    JsonNode shape = node.path("shape");
    if (!shape.isArray() || shape.isEmpty() || shape.size() > 2) {
      throw bad(file, name + ".shape", "it is not that of a vector or a matrix");
    }
    int columns = extent(file, name, shape.get(shape.size() - 1));
    int rows = shape.size() == 1 ? 1 : extent(file, name, shape.get(0));
    JsonNode offsets = node.path("data_offsets");
    if (!offsets.isArray()
        || offsets.size() != 2
        || !offsets.get(0).canConvertToLong()
        || !offsets.get(1).canConvertToLong()) {
      throw bad(file, name + ".data_offsets", "they are not two whole numbers");
    }
    long from = offsets.get(0).longValue();
    long to = offsets.get(1).longValue();
    if (from < 0 || to < from || to > file.size() - data) {
      throw bad(file, name + ".data_offsets", "they lie beyond the file");
    }
    StoredTensor tensor = new StoredTensor(file, format, rows, columns, data + from);
    // Both factors are ints, so the product fits a long; times four bytes it may not.
    if ((long) rows * columns != (to - from) / format.blockBytes
        || (to - from) % format.blockBytes != 0) {
      throw bad(file, name + ".data_offsets", "they do not enclose what the shape needs");
    }
    return tensor;
  }

  private static int extent(MappedFile file, String name, JsonNode n) {
    if (!n.isIntegralNumber() || !n.canConvertToInt() || n.intValue() < 1) {
      throw bad(file, name + ".shape", "an extent is not from 1 to " + Integer.MAX_VALUE);
    }
    return n.intValue();
  }

  private static void refuseGaps(MappedFile file, long data, Map<String, StoredTensor> tensors) {
    List<Map.Entry<String, StoredTensor>> sorted = new ArrayList<>(tensors.entrySet());
    sorted.sort(Comparator.comparingLong(e -> e.getValue().offset()));
    long end = data;
    for (Map.Entry<String, StoredTensor> e : sorted) {
      if (e.getValue().offset() != end) {
        throw bad(
            file,
            StrictJson.printable(e.getKey()) + ".data_offsets",
            "there is a gap before it, or it overlaps another tensor");
      }
      end += e.getValue().bytes();
    }
    if (end != file.size()) {
      throw bad(file, "size", "the file goes on after its last tensor");
    }
  }

  static ModelException bad(MappedFile file, String field, String problem) {
    return GgufCursor.bad(file.name(), field, problem);
  }

  MappedFile file() {
    return file;
  }

  Map<String, StoredTensor> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    file.close();
  }
}
