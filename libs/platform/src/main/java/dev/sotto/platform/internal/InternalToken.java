package dev.sotto.platform.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * What one service shows another with a call over HTTP. Who holds it may act for any tenant, so the
 * file is readable by the services only.
 */
public final class InternalToken {
  /** The header that carries the token. */
  public static final String HEADER = "x-sotto-internal";

  /** The header that names the tenant that a call is for. */
  public static final String TENANT_HEADER = "x-sotto-tenant";

  private static final int LEAST = 32;
  private static final int MOST = 256;

  private final @Nullable String token;

  private InternalToken(@Nullable String token) {
    this.token = token;
  }

  /** The token in a file, one line of 32 to 256 characters. */
  public static InternalToken read(Path file) {
    try {
      String token = Files.readString(file).strip();
      if (!token.matches("[A-Za-z0-9_-]{" + LEAST + "," + MOST + "}")) {
        throw new IllegalStateException(
            "sotto.platform.internal-token-file must hold one line of 32 to 256 of A-Z, a-z, 0-9, - and _");
      }
      return new InternalToken(token);
    } catch (IOException e) {
      throw new IllegalStateException(
          "sotto.platform.internal-token-file names a file that cannot be read", e);
    }
  }

  /** Matches nothing. */
  public static InternalToken none() {
    return new InternalToken(null);
  }

  /** Whether there is one. */
  public boolean isPresent() {
    return token != null;
  }

  /** Whether a header's value is the token; takes the same time for every wrong one. */
  public boolean matches(@Nullable String shown) {
    return token != null
        && shown != null
        && MessageDigest.isEqual(
            token.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
  }

  /** What to show another service; IllegalStateException when none is configured. */
  public String value() {
    if (token == null) {
      throw new IllegalStateException("sotto.platform.internal-token-file is not configured");
    }
    return token;
  }

  @Override
  public String toString() {
    return "InternalToken";
  }
}
