package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One fetch of a model at a time, over all processes that share a cache and all threads of this
 * one.
 */
final class FileLocks {
  // A JVM refuses to lock a file twice instead of waiting, so its threads queue here first.
  private static final ConcurrentHashMap<Path, ReentrantLock> IN_THIS_PROCESS =
      new ConcurrentHashMap<>();

  private FileLocks() {}

  /**
   * Runs {@code work} while holding the lock {@code name} of {@code folder}; the operating system
   * frees it if the process dies.
   */
  static <T> T holding(Path folder, String name, Supplier<T> work) {
    Path lockFile = folder.resolve(name + ".lock");
    ReentrantLock mine =
        IN_THIS_PROCESS.computeIfAbsent(
            lockFile.toAbsolutePath().normalize(), p -> new ReentrantLock());
    mine.lock();
    try {
      Files.createDirectories(folder);
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!lock.isValid()) {
          throw new IOException("the lock was lost");
        }
        return work.get();
      }
    } catch (IOException e) {
      throw new ModelException(
          "The model cache cannot be written; check that its folder is writable and its disk not full.",
          e);
    } finally {
      mine.unlock();
    }
  }
}
