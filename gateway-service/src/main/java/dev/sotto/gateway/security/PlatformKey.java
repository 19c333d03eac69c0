package dev.sotto.gateway.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The installation's own key: whoever runs the platform makes tenants with it, and can do nothing
 * else with it. It is in a file, not in the table of keys, so no tenant can make, find or revoke
 * it; another file and a restart replace it.
 */
final class PlatformKey {
  private static final int MOST_BYTES = 512;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{32,256}");

  private final byte @Nullable [] key;

  private PlatformKey(byte @Nullable [] key) {
    this.key = key;
  }

  /**
   * The key in a file, one line; IllegalStateException, naming the setting, if it has none.
   *
   * @param file null where nobody makes tenants: then nothing matches
   */
  static PlatformKey read(@Nullable Path file) {
    if (file == null) {
      return new PlatformKey(null);
    }
    String text;
    try {
      text = Files.size(file) > MOST_BYTES ? "" : Files.readString(file).strip();
    } catch (IOException e) {
      throw new IllegalStateException(
          "sotto.gateway.platform-key-file names a file that cannot be read: " + file, e);
    }
    if (!FORM.matcher(text).matches()) {
      throw new IllegalStateException(
          "sotto.gateway.platform-key-file must hold one line of 32 to 256 of A-Z, a-z, 0-9, - and _");
    }
    return new PlatformKey(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Whether that is the key; takes the same time for every wrong one of its length. */
  boolean is(String shown) {
    return key != null && MessageDigest.isEqual(key, shown.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "PlatformKey";
  }
}
