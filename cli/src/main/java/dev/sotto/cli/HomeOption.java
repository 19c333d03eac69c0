package dev.sotto.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --home}, shared by the commands that keep files. */
final class HomeOption {
  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      description =
          "Where models and shards are kept (default: $" + Home.VARIABLE + ", or ~/.sotto).")
  private @Nullable Path folder;

  Home home() {
    return Home.of(folder, System.getenv(), System.getProperty("user.home"));
  }
}
