package dev.sotto.models.format;

import dev.sotto.models.ModelException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file mapped read-only. Little-endian; the mapping lives until it is closed. */
final class MappedFile implements Closeable {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final Arena arena;
  private final MemorySegment bytes;

  private MappedFile(String name, Arena arena, MemorySegment bytes) {
    this.name = name;
    this.arena = arena;
    this.bytes = bytes;
  }

  /** Maps {@code path}; a missing, unreadable or special file is a {@link ModelException}. */
  @SuppressWarnings(
      "MustBeClosedChecker") // the arena lives as long as the object, which is closeable
  static MappedFile open(Path path) {
    String name = String.valueOf(path.getFileName());
    if (Files.isDirectory(path)) {
      throw new ModelException(name + " is a folder; name a model file.");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new MappedFile(name, arena, bytes);
    } catch (NoSuchFileException e) {
      arena.close();
      throw new ModelException(name + " is not there; check the path.", e);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      arena.close();
      throw new ModelException(
          name + " cannot be read; check its permissions and that it is a plain file.", e);
    }
  }

  String name() {
    return name;
  }

  long size() {
    return bytes.byteSize();
  }

  byte byteAt(long at) {
    return bytes.get(ValueLayout.JAVA_BYTE, at);
  }

  short shortAt(long at) {
    return bytes.get(SHORT, at);
  }

  int intAt(long at) {
    return bytes.get(INT, at);
  }

  long longAt(long at) {
    return bytes.get(LONG, at);
  }

  void copy(long at, byte[] out, int count) {
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, out, 0, count);
  }

  /** sha256 of the whole file. */
  byte[] sha256() {
    MessageDigest sha = newSha256();
    byte[] chunk = new byte[1 << 16];
    for (long at = 0; at < size(); at += chunk.length) {
      int count = (int) Math.min(chunk.length, size() - at);
      copy(at, chunk, count);
      sha.update(chunk, 0, count);
    }
    return sha.digest();
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
