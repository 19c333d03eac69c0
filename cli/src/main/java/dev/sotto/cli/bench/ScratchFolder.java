package dev.sotto.cli.bench;

import dev.sotto.cli.lane.RunFolder;
import java.nio.file.Path;

/** A folder for what is large and made up: it goes when it is closed, or with this process. */
final class ScratchFolder implements AutoCloseable {
  private final Path path;
  private final Thread last = new Thread(this::delete, "sotto-bench-scratch");

  ScratchFolder(Path path) {
    this.path = path;
    Runtime.getRuntime().addShutdownHook(last);
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(last);
    } catch (IllegalStateException e) {
      // this process is ending: the hook finds nothing left
    }
  }

  private synchronized void delete() {
    RunFolder.delete(path);
  }
}
