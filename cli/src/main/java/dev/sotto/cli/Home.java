package dev.sotto.cli;

import dev.sotto.launch.PlatformFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where Sotto keeps its files.
 *
 * @param folder the home itself, absolute
 */
record Home(Path folder) {
  /** The environment variable that names the home where {@code --home} does not. */
  static final String VARIABLE = "SOTTO_HOME";

  Home {
    folder = folder.toAbsolutePath().normalize();
  }

  /** The option's folder, else the variable's, else {@code .sotto} in the user's own folder. */
  static Home of(@Nullable Path option, Map<String, String> environment, String userHome) {
    if (option != null) {
      return new Home(option);
    }
    String variable = environment.getOrDefault(VARIABLE, "");
    return new Home(variable.isBlank() ? Path.of(userHome, ".sotto") : Path.of(variable));
  }

  /** Models as they were fetched. */
  Path cache() {
    return folder.resolve("cache");
  }

  /** Shards by model and role. */
  Path shards() {
    return folder.resolve("shards");
  }

  /** What running processes leave for each other: identities, sockets, logs. */
  Path run() {
    return folder.resolve("run");
  }

  /** The platform that {@code sotto up} starts. */
  PlatformFolder platform() {
    return new PlatformFolder(folder.resolve("platform"));
  }

  /** Makes the folders that are missing, for this user alone: shards of all roles may lie here. */
  void create() throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new CommandFailed(folder + " is a file; name a folder with --home or " + VARIABLE);
    }
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    for (Path path : new Path[] {folder, cache(), shards(), run()}) {
      if (Files.notExists(path)) {
        Files.createDirectories(path);
        if (posix) {
          Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
      }
    }
  }
}
