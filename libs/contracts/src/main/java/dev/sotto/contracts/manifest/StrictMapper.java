package dev.sotto.contracts.manifest;

import dev.sotto.contracts.BadMessage;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads signed files: every field there, none unknown, none twice, all within bounds. */
public final class StrictMapper {
  private static final int MAX_BYTES = 2 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(MAX_BYTES)
                          .maxNestingDepth(8)
                          .maxStringLength(MAX_BYTES)
                          .maxNameLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private StrictMapper() {}

  /** The value in a file's bytes; BadMessage, naming the field, for anything else. */
  public static <T> T read(byte[] json, Class<T> type) {
    String name = type.getSimpleName();
    try {
      T value = JSON.readValue(json, type);
      if (value == null) {
        throw new BadMessage(name, "is null");
      }
      return value;
    } catch (DatabindException e) {
      if (e.getCause() instanceof BadMessage bad) {
        throw bad;
      }
      throw new BadMessage(name, "has a field that is missing, unknown or of the wrong type");
    } catch (JacksonException e) {
      throw new BadMessage(name, "is not well-formed JSON within its bounds");
    }
  }

  /** As bytes, the same for equal values. */
  public static byte[] write(Object value) {
    return JSON.writeValueAsBytes(value);
  }
}
