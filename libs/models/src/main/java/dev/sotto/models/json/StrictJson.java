package dev.sotto.models.json;

import dev.sotto.models.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An object of a JSON file from a stranger. Its getters refuse a field of another type by name. */
public final class StrictJson {
  /** Largest file that is read: tokenizers of large vocabularies have some tens of MB. */
  public static final int MOST_BYTES = 96 << 20;

  private static final int MOST_DEPTH = 64;
  private static final int MOST_NAME = 4096;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MOST_DEPTH)
                          .maxNameLength(MOST_NAME)
                          .maxNumberLength(64)
                          .maxStringLength(MOST_BYTES)
                          .maxDocumentLength(MOST_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String file;
  private final ObjectNode node;

  private StrictJson(String file, ObjectNode node) {
    this.file = file;
    this.node = node;
  }

  /** An object of a file by that name. */
  public static StrictJson of(String file, ObjectNode node) {
    return new StrictJson(file, node);
  }

  /** An empty object to build one. */
  public static ObjectNode empty() {
    return MAPPER.createObjectNode();
  }

  /** Parses a text that must be one object. */
  public static StrictJson parse(String file, String text) {
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode object) {
        return new StrictJson(file, object);
      }
    } catch (JacksonException e) {
      // Jackson quotes what it stumbled over; the place is enough.
      var at = e.getLocation();
      throw new ModelException(
          "%s is not sound JSON%s; fetch it again."
              .formatted(
                  file,
                  at == null
                      ? ""
                      : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr())));
    }
    throw new ModelException(file + " is not a JSON object; fetch it again.");
  }

  /** Parses bytes of UTF-8 that must be one object. */
  public static StrictJson parse(String file, byte[] utf8) {
    try {
      return parse(
          file, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
    } catch (CharacterCodingException e) {
      throw new ModelException(file + " is not UTF-8; fetch it again.", e);
    }
  }

  /** Reads a small file of UTF-8 that need not be JSON. */
  public static String text(Path path) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(path))).toString();
    } catch (CharacterCodingException e) {
      throw new ModelException(path.getFileName() + " is not UTF-8; fetch it again.", e);
    }
  }

  /** Reads a file that must be one object. */
  public static StrictJson read(Path path) {
    return parse(String.valueOf(path.getFileName()), bytes(path));
  }

  /** Reads a file that need not be there. */
  public static @Nullable StrictJson readIfThere(Path path) {
    return Files.isRegularFile(path) ? read(path) : null;
  }

  /** A small file's bytes. */
  public static byte[] bytes(Path path) {
    String name = String.valueOf(path.getFileName());
    try {
      if (Files.size(path) > MOST_BYTES) {
        throw new ModelException(
            "%s is larger than the %d MB allowed; take another model."
                .formatted(name, MOST_BYTES >> 20));
      }
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw new ModelException(name + " is missing from the model's folder; fetch it.", e);
    } catch (IOException e) {
      throw new ModelException(name + " cannot be read; check its permissions.", e);
    }
  }

  /** The object itself. */
  public ObjectNode node() {
    return node;
  }

  /** The file's name, for messages. */
  public String file() {
    return file;
  }

  /** Whether the field is there and not null. */
  public boolean has(String field) {
    return node.hasNonNull(field);
  }

  /** The object in a field, or null. */
  public @Nullable StrictJson object(String field) {
    return switch (node.get(field)) {
      case null -> null;
      case JsonNode n when n.isNull() -> null;
      case ObjectNode n -> new StrictJson(file, n);
      default -> throw bad(field, "it is not an object");
    };
  }

  /** The text in a field, or null. */
  public @Nullable String text(String field) {
    JsonNode n = node.get(field);
    if (n == null || n.isNull()) {
      return null;
    }
    if (!n.isString()) {
      throw bad(field, "it is not a text");
    }
    return n.stringValue();
  }

  /** The flag in a field, or {@code otherwise}. */
  public boolean flag(String field, boolean otherwise) {
    JsonNode n = node.get(field);
    if (n == null || n.isNull()) {
      return otherwise;
    }
    if (!n.isBoolean()) {
      throw bad(field, "it is not true or false");
    }
    return n.booleanValue();
  }

  /** The whole number from 0 to 2^31 − 1 in a field, or {@code otherwise}. */
  public int whole(String field, int otherwise) {
    JsonNode n = node.get(field);
    return n == null || n.isNull() ? otherwise : whole(field, n);
  }

  /** The whole number from 0 to 2^31 − 1 in a field that must be there. */
  public int whole(String field) {
    if (!has(field)) {
      throw bad(field, "it is missing");
    }
    return whole(field, 0);
  }

  /** A node as a whole number from 0 to 2^31 − 1. */
  public int whole(String field, JsonNode n) {
    if (!n.isIntegralNumber() || !n.canConvertToInt() || n.intValue() < 0) {
      throw bad(field, "it is not a whole number from 0 to " + Integer.MAX_VALUE);
    }
    return n.intValue();
  }

  /** The finite number in a field, or {@code otherwise}. */
  public double real(String field, double otherwise) {
    JsonNode n = node.get(field);
    if (n == null || n.isNull()) {
      return otherwise;
    }
    // A number of 64 digits may still be infinite as a double.
    if (!n.isNumber() || !Double.isFinite(Double.parseDouble(n.asString()))) {
      throw bad(field, "it is not a finite number");
    }
    return Double.parseDouble(n.asString());
  }

  /** What to throw about a field. */
  public ModelException bad(String field, String problem) {
    return new ModelException(
        "%s: %s: %s; fetch the file again or take another model."
            .formatted(file, printable(field), problem));
  }

  /** A name from the file, safe to print. */
  public static String printable(String name) {
    StringBuilder out = new StringBuilder();
    name.codePoints()
        .limit(120)
        .forEach(c -> out.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return out.isEmpty() ? "(no name)" : out.toString();
  }
}
