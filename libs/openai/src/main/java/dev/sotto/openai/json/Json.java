package dev.sotto.openai.json;

import dev.sotto.openai.error.ApiError;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The API's JSON: what comes in is bounded and unambiguous, what goes out is as records say. */
public final class Json {
  /** The longest body of a request, in bytes. */
  public static final int MAX_BODY_BYTES = 1 << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(MAX_BODY_BYTES)
                          .maxNestingDepth(32)
                          .maxStringLength(MAX_BODY_BYTES)
                          .maxNameLength(256)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** A request's body; 413 if it is too long. */
  public static byte[] body(HttpServletRequest request) throws IOException {
    byte[] body = {};
    if (request.getContentLengthLong() <= MAX_BODY_BYTES) {
      body = request.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
    }
    if (body.length > MAX_BODY_BYTES || request.getContentLengthLong() > MAX_BODY_BYTES) {
      throw new ApiError(
          413,
          "request_too_large",
          null,
          "The request's body is longer than %d bytes; shorten it.".formatted(MAX_BODY_BYTES));
    }
    return body;
  }

  /** The fields of a body; 400 if it is no JSON object, in UTF-8, that says everything once. */
  public static Fields object(byte[] body) {
    JsonNode node;
    try {
      node = MAPPER.readTree(utf8(body));
    } catch (JacksonException e) {
      // The parser's message may quote the caller, so it is left out.
      var at = e.getLocation();
      String place =
          at == null ? "" : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
      throw new ApiError(
          400,
          "invalid_json",
          null,
          "The request's body is not well-formed JSON within its bounds%s.".formatted(place));
    }
    if (!(node instanceof ObjectNode object)) {
      throw new ApiError(400, "invalid_json", null, "The request's body must be a JSON object.");
    }
    return new Fields(object, "");
  }

  private static String utf8(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new ApiError(400, "invalid_json", null, "The request's body must be UTF-8.");
    }
  }

  /** A record as JSON. */
  public static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** A record as a JSON object that may be added to. */
  public static ObjectNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }
}
