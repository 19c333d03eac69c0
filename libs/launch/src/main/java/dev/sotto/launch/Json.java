package dev.sotto.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Our own small files and answers as JSON: every field there, none unknown. */
final class Json {
  private static final int MOST_BYTES = 4 << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private Json() {}

  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** LaunchException that names {@code where} for anything but the JSON of a {@code type}. */
  static <T> T read(String where, byte[] json, Class<T> type) {
    try {
      if (json.length <= MOST_BYTES) {
        T value = MAPPER.readValue(json, type);
        if (value != null) {
          return value;
        }
      }
    } catch (JacksonException e) {
      // Without the cause: a parser's message may quote what it read, and that may be a key.
    }
    throw new LaunchException(where + " is damaged; move it away, and ./sotto up writes it again");
  }

  static <T> T read(Path file, Class<T> type) throws IOException {
    return read(file, type, Map.of());
  }

  /** The same; fields that an earlier version did not write are as {@code later} says. */
  static <T> T read(Path file, Class<T> type, Map<String, Object> later) throws IOException {
    byte[] json = Files.readAllBytes(file);
    try {
      if (json.length <= MOST_BYTES && MAPPER.readTree(json) instanceof ObjectNode fields) {
        later.forEach(
            (name, value) -> {
              if (!fields.has(name)) {
                fields.putPOJO(name, value);
              }
            });
        json = MAPPER.writeValueAsBytes(fields);
      }
    } catch (JacksonException e) {
      // said below, without the cause
    }
    return read(file.toString(), json, type);
  }
}
