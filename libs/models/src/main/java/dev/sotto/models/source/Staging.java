package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Files on their way into the cache: written aside, checked, then moved in one step. */
final class Staging {
  private static final int CHUNK = 1 << 16;

  private Staging() {}

  /** sha256 of a file, hex. */
  static String sha256(Path file, String what, Progress progress) throws IOException {
    long total = Files.size(file);
    try (InputStream in = Files.newInputStream(file)) {
      return copy(in, OutputStream.nullOutputStream(), total, total, what, progress);
    }
  }

  /**
   * Copies at most {@code most} bytes and returns their sha256, hex. More bytes than that are an
   * {@link IOException}, so that an archive cannot unpack to more than was announced.
   */
  static String copy(
      InputStream in, OutputStream out, long most, long total, String what, Progress progress)
      throws IOException {
    MessageDigest sha = digest("SHA-256");
    byte[] chunk = new byte[CHUNK];
    long done = 0;
    progress.at(what, done, total);
    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
      done += n;
      if (done > most) {
        throw new IOException("there are more than " + most + " bytes");
      }
      sha.update(chunk, 0, n);
      out.write(chunk, 0, n);
      progress.at(what, done, total);
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has " + algorithm, e);
    }
  }

  /** Makes {@code staged} durable and gives it its final name, at once. */
  static void publish(Path staged, Path target) throws IOException {
    try (FileChannel channel = FileChannel.open(staged, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Refuses to begin what the disk cannot hold. */
  static void checkRoom(Path folder, long bytes) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < bytes) {
      throw new ModelException(
          "The model cache's disk has %d MB free and the model needs %d MB; make room or choose another cache folder."
              .formatted(free >> 20, (bytes >> 20) + 1));
    }
  }

  /** Bytes in all files below {@code folder}; files that vanish meanwhile count as nothing. */
  static long bytesBelow(Path folder) {
    AtomicLong sum = new AtomicLong();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum.addAndGet(attributes.size());
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      return sum.get();
    }
    return sum.get();
  }

  /** Deletes a folder with all that is in it; one that is not there is fine. */
  static void delete(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
              Files.deleteIfExists(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      // It is gone, which is what was asked for.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
