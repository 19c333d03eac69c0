package dev.sotto.contracts;

import java.util.regex.Pattern;

/** The rules that several contracts share; each failure is a {@link BadMessage} for the field. */
public final class Check {
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  private Check() {}

  /** A number within bounds. */
  public static void range(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new BadMessage(field, "must be from " + least + " to " + most);
    }
  }

  /** Octets of a length within bounds. */
  public static void length(String field, Octets octets, int least, int most) {
    if (octets.length() < least || octets.length() > most) {
      throw new BadMessage(
          field,
          least == most
              ? "must have " + least + " bytes"
              : "must have from " + least + " to " + most + " bytes");
    }
  }

  /** SHA-256 as 64 lowercase hexadecimal digits. */
  public static void digest(String field, String hex) {
    if (!SHA_256.matcher(hex).matches()) {
      throw new BadMessage(field, "must be 64 lowercase hexadecimal digits");
    }
  }

  /** A name: a lane's, an operator's, a model's. */
  public static void name(String field, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new BadMessage(
          field, "must be 1 to 63 of a-z, 0-9, dot, dash and underscore, a letter or digit first");
    }
  }
}
