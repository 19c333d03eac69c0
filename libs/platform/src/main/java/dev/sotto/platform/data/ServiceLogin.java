package dev.sotto.platform.data;

import java.util.regex.Pattern;

/**
 * A service's schema and the passwords of its two logins.
 *
 * @param schema its name; the logins are it with {@code _owner} and {@code _app}
 * @param ownerPassword of the login that runs migrations
 * @param appPassword of the login that the service uses
 */
public record ServiceLogin(String schema, String ownerPassword, String appPassword) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,30}");

  /** IllegalArgumentException for a schema that would need quotes, or a short password. */
  public ServiceLogin {
    if (!NAME.matcher(schema).matches()) {
      throw new IllegalArgumentException(
          "A schema is named by 1 to 31 of a-z, 0-9 and underscore, a letter first");
    }
    if (ownerPassword.length() < 16 || appPassword.length() < 16) {
      throw new IllegalArgumentException("The passwords of " + schema + " need 16 characters");
    }
  }

  /** The login that owns the schema. */
  public String owner() {
    return schema + "_owner";
  }

  /** The login of the service. */
  public String app() {
    return schema + "_app";
  }

  @Override
  public String toString() {
    return "login of " + schema;
  }
}
