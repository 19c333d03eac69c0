package dev.sotto.embedded;

import dev.sotto.launch.PlatformFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Keeps the logs of processes from filling the disk. */
final class Logs {
  private static final long MOST_BYTES = 16L << 20;

  private Logs() {}

  /**
   * A log that has grown long becomes {@code .1}. Its process appends to the file that it has open,
   * so that is copied and cut; a line that is written in between is lost.
   */
  static void keepShort(PlatformFolder folder) throws IOException {
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder.logs(), "*.log")) {
      for (Path log : logs) {
        if (Files.size(log) > MOST_BYTES) {
          Files.copy(
              log,
              log.resolveSibling(log.getFileName() + ".1"),
              StandardCopyOption.REPLACE_EXISTING);
          try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(0);
          }
        }
      }
    }
  }
}
