package dev.sotto.models.shard;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Where a shard's bytes go, so that a test can be a disk that fills up. */
interface ShardOutput extends Closeable {
  /** Writes all of {@code bytes} at a position of the file. */
  void write(ByteBuffer bytes, long position) throws IOException;

  /** Returns when everything written would survive a loss of power. */
  void force() throws IOException;

  /** Opens outputs. */
  @FunctionalInterface
  interface Opener {
    /** Creates the file, which must not exist, readable by its owner only. */
    ShardOutput create(Path file) throws IOException;
  }

  /** A new file on the disk. */
  static ShardOutput create(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly("rw-------"));
    return new ShardOutput() {
      @Override
      public void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
          at += channel.write(bytes, at);
        }
      }

      @Override
      public void force() throws IOException {
        channel.force(true);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }

  /** The permissions as a creation attribute, none where the file system knows no such thing. */
  static FileAttribute<?>[] ownerOnly(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
