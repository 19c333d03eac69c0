package dev.sotto.sidecar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that holds one key and nothing else. */
final class SecretFile {
  private static final int MAX_BYTES = 4096;

  private SecretFile() {}

  /** The key; an IllegalArgumentException names the setting and the file, and never the key. */
  static String read(String setting, Path file) {
    String key;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(setting + ": " + file + " holds more than a key");
      }
      key = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException(setting + ": " + file + " cannot be read", e);
    }
    if (!key.matches("[\\x21-\\x7e]{1,512}")) {
      throw new IllegalArgumentException(
          setting + ": " + file + " must hold a key: 1 to 512 visible ASCII characters");
    }
    return key;
  }
}
