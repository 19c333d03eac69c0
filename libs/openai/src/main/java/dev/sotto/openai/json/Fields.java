package dev.sotto.openai.json;

import dev.sotto.openai.error.ApiError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a JSON object, asked for by name. A null is as good as nothing. What is of another
 * type or out of range is a 400 that names the field, and so is, at {@link #done}, every field that
 * nobody asked for.
 */
public final class Fields {
  private final ObjectNode node;
  private final String path;
  private final Set<String> asked = new HashSet<>();

  /** {@code path} is what comes before a field's name, as {@code messages[0].}, or nothing. */
  public Fields(ObjectNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /** A field's full name. */
  public String name(String field) {
    return path + field;
  }

  /** A field as it is. */
  public Optional<JsonNode> any(String field) {
    asked.add(field);
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  /** A field that must be there. */
  public JsonNode needed(String field) {
    return any(field)
        .orElseThrow(
            () ->
                ApiError.invalid(
                    name(field),
                    "missing_required_parameter",
                    "Missing required parameter: '%s'.".formatted(name(field))));
  }

  /** A text. */
  public Optional<String> text(String field) {
    return any(field).map(value -> text(name(field), value));
  }

  /** A text that must be there. */
  public String neededText(String field) {
    return text(name(field), needed(field));
  }

  /** A value that must be a text, well-formed. */
  public static String text(String name, JsonNode value) {
    if (!value.isString()) {
      throw wrongType(name, "a string", value);
    }
    String text = value.asString();
    if (text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
      throw ApiError.invalid(
          name, "invalid_value", "'%s' must be well-formed Unicode.".formatted(name));
    }
    return text;
  }

  /** A number from {@code low} to {@code high}. */
  public OptionalDouble number(String field, double low, double high) {
    Optional<JsonNode> value = any(field);
    return value.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(number(name(field), value.get(), low, high));
  }

  /** A value that must be such a number. */
  public static double number(String name, JsonNode value, double low, double high) {
    if (!value.isNumber()) {
      throw wrongType(name, "a number", value);
    }
    double number = value.asDouble();
    if (!(number >= low && number <= high)) {
      throw ApiError.invalid(
          name, "invalid_value", "'%s' must be from %s to %s.".formatted(name, low, high));
    }
    return number;
  }

  /** A whole number from {@code low} to {@code high}. */
  public OptionalInt whole(String field, int low, int high) {
    OptionalLong value = wholeLong(field, low, high);
    return value.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) value.getAsLong());
  }

  /** The same, of 64 bits. */
  public OptionalLong wholeLong(String field, long low, long high) {
    Optional<JsonNode> value = any(field);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(whole(name(field), value.get(), low, high));
  }

  /** A value that must be such a number. */
  public static long whole(String name, JsonNode value, long low, long high) {
    if (!value.isIntegralNumber()) {
      throw wrongType(name, "an integer", value);
    }
    if (!value.canConvertToLong() || value.asLong() < low || value.asLong() > high) {
      throw ApiError.invalid(
          name, "invalid_value", "'%s' must be from %d to %d.".formatted(name, low, high));
    }
    return value.asLong();
  }

  /** A yes or no; no unless given. */
  public boolean flag(String field, boolean otherwise) {
    Optional<JsonNode> value = any(field);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw wrongType(name(field), "a boolean", value.get());
    }
    return value.map(JsonNode::asBoolean).orElse(otherwise);
  }

  /** An object. */
  public Optional<Fields> object(String field) {
    return any(field).map(value -> object(name(field), value));
  }

  /** A value that must be an object. */
  public static Fields object(String name, JsonNode value) {
    if (value instanceof ObjectNode object) {
      return new Fields(object, name + ".");
    }
    throw wrongType(name, "an object", value);
  }

  /** An array's elements, at most {@code most}; none unless given. */
  public List<JsonNode> array(String field, int most) {
    return any(field).map(value -> array(name(field), value, most)).orElse(List.of());
  }

  /** The elements of a value that must be an array. */
  public static List<JsonNode> array(String name, JsonNode value, int most) {
    if (!value.isArray()) {
      throw wrongType(name, "an array", value);
    }
    if (value.size() > most) {
      throw ApiError.invalid(
          name, "invalid_value", "'%s' must have at most %d elements.".formatted(name, most));
    }
    List<JsonNode> elements = new ArrayList<>();
    value.forEach(elements::add);
    return elements;
  }

  /** The fields' names. */
  public List<String> names() {
    return List.copyOf(node.propertyNames());
  }

  /** Fields that change nothing that is answered: whatever they say is ignored. */
  public void harmless(String... fields) {
    asked.addAll(Arrays.asList(fields));
  }

  /** A field that is unsupported unless it says one of these, as the API would without it. */
  public void only(String field, Object... neutral) {
    Optional<JsonNode> value = any(field);
    if (value.isPresent() && Arrays.stream(neutral).noneMatch(n -> says(value.get(), n))) {
      throw ApiError.unsupported(
          name(field),
          "Unsupported value for parameter '%s'; leave it out.".formatted(name(field)));
    }
  }

  /** Fields that are unsupported unless they are empty: no text, no elements. */
  public void empty(String... fields) {
    for (String field : fields) {
      Optional<JsonNode> value = any(field);
      if (value.isPresent()
          && !(value.get().isContainer() && value.get().isEmpty())
          && !(value.get().isString() && value.get().asString().isEmpty())) {
        throw ApiError.unsupported(name(field));
      }
    }
  }

  private static boolean says(JsonNode value, Object neutral) {
    return switch (neutral) {
      case String text -> value.isString() && value.asString().equals(text);
      case Boolean flag -> value.isBoolean() && value.asBoolean() == flag;
      case Integer number -> value.isNumber() && value.asDouble() == number;
      default -> throw new IllegalArgumentException("no neutral value");
    };
  }

  /** Every field was asked for, or is null; otherwise the first that was not is unsupported. */
  public void done() {
    for (String field : node.propertyNames()) {
      JsonNode value = node.get(field);
      if (!asked.contains(field) && value != null && !value.isNull()) {
        throw ApiError.unsupported(
            name(field.length() <= 64 ? field : field.substring(0, 64) + "…"));
      }
    }
  }

  private static ApiError wrongType(String name, String wanted, JsonNode value) {
    String got =
        value.isString()
            ? "a string"
            : value.isBoolean()
                ? "a boolean"
                : value.isArray()
                    ? "an array"
                    : value.isObject() ? "an object" : value.isNumber() ? "a number" : "null";
    return ApiError.invalid(
        name,
        "invalid_type",
        "Invalid type for '%s': expected %s, got %s.".formatted(name, wanted, got));
  }

  @Override
  public String toString() {
    return "Fields[" + asked.size() + " asked for]";
  }
}
