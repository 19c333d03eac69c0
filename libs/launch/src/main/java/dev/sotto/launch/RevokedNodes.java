package dev.sotto.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The keys of this home's nodes that are believed no longer: a file, one a line, that only grows.
 * It goes into the roots that callers, nodes and services pin.
 *
 * @param file the list
 */
public record RevokedNodes(Path file) {
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
  private static final int MOST = 4096;

  /** Of a platform. */
  public static RevokedNodes of(PlatformFolder folder) {
    return new RevokedNodes(folder.keys().resolve("revoked"));
  }

  /** All of them; LaunchException if the file is damaged: then nobody may be taken to be good. */
  public Set<String> all() throws IOException {
    Set<String> keys = new TreeSet<>();
    if (Files.exists(file)) {
      keys.addAll(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
    }
    if (keys.size() > MOST || keys.stream().anyMatch(key -> !KEY.matcher(key).matches())) {
      throw new LaunchException(
          file
              + " is damaged: it must hold a node's key of 64 hexadecimal digits a line; restore it");
    }
    return keys;
  }

  /** One more. */
  public void add(String key) throws IOException {
    Set<String> keys = all();
    if (keys.add(key)) {
      PrivateFile.write(file, String.join("\n", keys) + "\n");
    }
  }
}
