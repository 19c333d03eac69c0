package dev.sotto.models.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A JSON object that may be hostile: every field is asked for by name, type and bounds. */
record HeaderFields(JsonNode node, String path) {
  HeaderFields {
    if (!node.isObject()) {
      throw new ShardException(path + ": must be an object");
    }
  }

  long whole(String name, long least, long most) {
    JsonNode field = field(name);
    if (!field.isIntegralNumber()
        || !field.canConvertToLong()
        || field.longValue() < least
        || field.longValue() > most) {
      throw wrong(name, "must be a whole number from " + least + " to " + most);
    }
    return field.longValue();
  }

  int integer(String name) {
    return (int) whole(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  double number(String name) {
    JsonNode field = field(name);
    double value = field.isNumber() ? field.asDouble(Double.NaN) : Double.NaN; // NaN: too large
    if (!Double.isFinite(value)) {
      throw wrong(name, "must be a number");
    }
    return value;
  }

  boolean flag(String name) {
    JsonNode field = field(name);
    if (!field.isBoolean()) {
      throw wrong(name, "must be true or false");
    }
    return field.booleanValue();
  }

  String text(String name, Pattern form, String description) {
    JsonNode field = field(name);
    if (!field.isString() || !form.matcher(field.stringValue()).matches()) {
      throw wrong(name, "must be " + description);
    }
    return field.stringValue();
  }

  HeaderFields object(String name) {
    return new HeaderFields(field(name), inside(name));
  }

  @Nullable HeaderFields objectOrNull(String name) {
    return field(name).isNull() ? null : object(name);
  }

  List<HeaderFields> list(String name, int most) {
    JsonNode field = field(name);
    if (!field.isArray() || field.size() > most) {
      throw wrong(name, "must be a list of at most " + most);
    }
    List<HeaderFields> items = new ArrayList<>();
    for (int i = 0; i < field.size(); i++) {
      items.add(new HeaderFields(field.get(i), inside(name) + "[" + i + "]"));
    }
    return items;
  }

  private JsonNode field(String name) {
    JsonNode field = node.get(name);
    if (field == null) {
      throw wrong(name, "is missing");
    }
    return field;
  }

  private ShardException wrong(String name, String complaint) {
    return new ShardException(inside(name) + ": " + complaint);
  }

  private String inside(String name) {
    return path + "." + name;
  }
}
