package dev.sotto.gateway.organization;

import dev.sotto.gateway.errors.Refused;
import dev.sotto.gateway.keys.Page;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ids and cursors as this API writes them: what it is, and 32 hexadecimal digits. */
final class Ids {
  static final String TENANT = "tenant_";
  static final String PROJECT = "proj_";
  static final String KEY = "key_";

  private static final Pattern FORM =
      Pattern.compile(
          "([a-z]+_)([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})");

  private Ids() {}

  static String write(String kind, UUID id) {
    return kind + id.toString().replace("-", "");
  }

  /** The id; 404 for what cannot be one. */
  static UUID read(String kind, String what, String text) {
    UUID id = parse(kind, text);
    if (id == null) {
      throw Refused.notFound(what);
    }
    return id;
  }

  private static @Nullable UUID parse(String kind, String text) {
    Matcher m = FORM.matcher(text);
    return m.matches() && m.group(1).equals(kind)
        ? UUID.fromString(
            String.join("-", m.group(2), m.group(3), m.group(4), m.group(5), m.group(6)))
        : null;
  }

  static Page.Request page(String kind, @Nullable String after, int limit) {
    if (limit < 1 || limit > Page.MOST) {
      throw Refused.invalid("limit", "must be from 1 to " + Page.MOST + ".");
    }
    UUID cursor = null;
    if (after != null) {
      cursor = parse(kind, after);
      if (cursor == null) {
        throw Refused.invalid("after", "must be the last id of the page before.");
      }
    }
    return new Page.Request(cursor, limit);
  }

  static String name(@Nullable String name) {
    if (name == null || name.isBlank() || name.length() > 200) {
      throw Refused.invalid("name", "must have 1 to 200 characters.");
    }
    if (name.codePoints().anyMatch(Character::isISOControl)) {
      throw Refused.invalid("name", "must have no control characters.");
    }
    return name;
  }
}
