package dev.sotto.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder for the processes of one run, deleted with it, however it ends. */
record RunFolder(Path path) implements AutoCloseable {
  static RunFolder create(Home home) throws IOException {
    RunFolder folder =
        new RunFolder(Files.createTempDirectory(Files.createDirectories(home.run()), "lane-"));
    Runtime.getRuntime().addShutdownHook(new Thread(folder::close, "sotto-cleaner"));
    return folder;
  }

  @Override
  public void close() {
    if (Files.notExists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A folder that is gone already, or that another user now owns: nothing secret is in it but
      // node identities of one run.
    }
  }
}
