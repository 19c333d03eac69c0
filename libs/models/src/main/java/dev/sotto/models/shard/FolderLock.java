package dev.sotto.models.shard;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder into which one cut at a time may write, across threads and processes. The system gives
 * the lock back when a process dies; the lock file itself stays, as removing it would let two in.
 */
final class FolderLock implements AutoCloseable {
  private static final String NAME = ".cutting.lock";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Creates the folder if need be, takes the lock or fails at once, and clears what a crash left.
   */
  static FolderLock take(Path folder) {
    FileChannel channel = null;
    try {
      Files.createDirectories(folder, ShardOutput.ownerOnly("rwx------"));
      channel =
          FileChannel.open(
              folder.resolve(NAME),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              ShardOutput.ownerOnly("rw-------"));
      if (tryLock(channel) == null) {
        throw new ShardException(
            "another cut is writing to " + folder + "; wait until it is done, or choose another");
      }
      clear(folder);
      FolderLock lock = new FolderLock(channel);
      channel = null;
      return lock;
    } catch (IOException e) {
      throw new ShardException(
          "shards cannot be written to %s (%s)".formatted(folder, ShardException.reason(e)), e);
    } finally {
      closeQuietly(channel);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by another thread of this process
    }
  }

  private static void clear(Path folder) throws IOException {
    List<Path> left;
    try (Stream<Path> files = Files.list(folder)) {
      left = files.filter(f -> f.toString().endsWith(".shard" + ShardWriter.UNFINISHED)).toList();
    }
    for (Path file : left) {
      Files.delete(file);
    }
  }

  /** Makes renames last; where a folder cannot be opened for that, the system does it in time. */
  static void flush(Path folder) {
    try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
      opened.force(true);
    } catch (IOException e) {
      // Not every system lets a folder be opened; the files themselves are on the disk.
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The lock goes with the descriptor, which close releases even when it complains.
      }
    }
  }
}
