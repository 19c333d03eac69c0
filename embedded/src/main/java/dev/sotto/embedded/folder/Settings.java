package dev.sotto.embedded.folder;

import dev.sotto.launch.PrivateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The settings of one service as its {@code .yml} file: names with dots, and values. */
public final class Settings {
  private final Map<String, Object> values = new TreeMap<>();

  /** Sets one. */
  public Settings with(String name, Object value) {
    values.put(name, value);
    return this;
  }

  /** Sets those of another too. */
  public Settings with(Settings other) {
    values.putAll(other.values);
    return this;
  }

  String yaml() {
    StringBuilder yaml =
        new StringBuilder("# Written by every ./sotto up; changes here do not last.\n");
    values.forEach(
        (name, value) -> {
          yaml.append(name).append(": ");
          if (value instanceof Number || value instanceof Boolean) {
            yaml.append(value);
          } else {
            yaml.append('\'').append(value.toString().replace("'", "''")).append('\'');
          }
          yaml.append('\n');
        });
    return yaml.toString();
  }

  /** Writes the file: passwords may be in it. */
  public void write(Path file) throws IOException {
    PrivateFile.write(file, yaml());
  }
}
