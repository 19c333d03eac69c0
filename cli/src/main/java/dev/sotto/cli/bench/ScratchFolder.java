package dev.sotto.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder for what is large and made up: it goes when it is closed, or with this process. */
final class ScratchFolder implements AutoCloseable {
  private final Path path;
  private final Thread last = new Thread(this::deleteQuietly, "sotto-bench-scratch");

  ScratchFolder(Path path) {
    this.path = path;
    Runtime.getRuntime().addShutdownHook(last);
  }

  Path path() {
    return path;
  }

  /** Deletes a folder with what is in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void deleteQuietly() {
    try {
      delete(path);
    } catch (IOException | java.io.UncheckedIOException e) {
      // this process is ending, and nothing secret is in it
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(last);
    } catch (IllegalStateException e) {
      return; // this process is ending: the hook does it
    }
    delete(path);
  }
}
