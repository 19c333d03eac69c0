package dev.sotto.node.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of the jobs that a node has taken, one record each, on the disk before the job starts: a
 * node that is restarted refuses what was sent to it before. Nothing in it is secret.
 *
 * <p>Records have {@value #RECORD_BYTES} bytes: id, nonce, hash, expiry, check sum. What is cut off
 * at the end was never acted upon, and is dropped; damage before that stops the node, which could
 * not tell what it has forgotten.
 */
final class JobJournal implements AutoCloseable {
  private static final int ID_BYTES = 16;
  private static final int NONCE_BYTES = 32;
  private static final int HASH_BYTES = 32;
  private static final int RECORD_BYTES = ID_BYTES + NONCE_BYTES + HASH_BYTES + 8 + 4;
  private static final int MOST_RECORDS = 1 << 20;
  private static final String FILE = "jobs.log";
  private static final String LOCK = "jobs.lock";

  /**
   * A job that was taken.
   *
   * @param expiresAt after this nobody can open it; milliseconds of the epoch
   */
  record Entry(ByteBuffer job, ByteBuffer nonce, ByteBuffer hash, long expiresAt) {}

  private final Path file;
  private final FileChannel lock;
  private FileChannel out;
  private List<Entry> live;
  private int records;
  private boolean broken;

  private JobJournal(Path file, FileChannel lock, List<Entry> live) throws IOException {
    this.file = file;
    this.lock = lock;
    this.live = live;
    this.out = rewrite();
  }

  /**
   * Opens a folder's, and forgets what expired before {@code oldest}. IOException when it is in
   * use, damaged, or cannot be written.
   */
  static JobJournal open(Path folder, long oldest) throws IOException {
    Files.createDirectories(folder);
    FileChannel lock =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!locked(lock)) {
        throw new IOException("another process uses the state folder " + folder);
      }
      Path file = folder.resolve(FILE);
      List<Entry> live = new ArrayList<>(Files.exists(file) ? read(file) : List.of());
      live.removeIf(entry -> entry.expiresAt() < oldest);
      return new JobJournal(file, lock, live);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static List<Entry> read(Path file) throws IOException {
    if (Files.size(file) > (long) MOST_RECORDS * RECORD_BYTES) {
      throw new IOException("the file " + file + " is longer than it can be");
    }
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
    List<Entry> entries = new ArrayList<>();
    while (in.remaining() >= RECORD_BYTES) {
      ByteBuffer record = in.slice(in.position(), RECORD_BYTES);
      in.position(in.position() + RECORD_BYTES);
      if (record.getInt(RECORD_BYTES - 4) != checkSum(record)) {
        if (in.remaining() >= RECORD_BYTES) {
          throw new IOException(
              "the file " + file + " is damaged; a lane needs new keys when it is lost");
        }
        break;
      }
      entries.add(
          new Entry(
              bytes(record, 0, ID_BYTES),
              bytes(record, ID_BYTES, NONCE_BYTES),
              bytes(record, ID_BYTES + NONCE_BYTES, HASH_BYTES),
              record.getLong(RECORD_BYTES - 12)));
    }
    return entries;
  }

  private static ByteBuffer bytes(ByteBuffer record, int from, int length) {
    byte[] copy = new byte[length];
    record.get(from, copy);
    return ByteBuffer.wrap(copy);
  }

  private static int checkSum(ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(record.slice(0, RECORD_BYTES - 4));
    return (int) crc.getValue();
  }

  private static ByteBuffer record(Entry entry) {
    ByteBuffer record =
        ByteBuffer.allocate(RECORD_BYTES)
            .put(entry.job().duplicate())
            .put(entry.nonce().duplicate())
            .put(entry.hash().duplicate())
            .putLong(entry.expiresAt());
    return record.putInt(checkSum(record.duplicate().clear())).flip();
  }

  /** What was there when it was opened. */
  List<Entry> entries() {
    return List.copyOf(live);
  }

  /** Writes a job down; it is on the disk when this returns. Forgets what expired long ago. */
  void append(Entry entry, long oldest) throws IOException {
    if (broken) {
      throw new IOException("an earlier write to " + file + " has failed");
    }
    if (records >= MOST_RECORDS) {
      live.removeIf(each -> each.expiresAt() < oldest);
      out.close();
      out = rewrite();
    }
    live.add(entry);
    long end = out.position();
    try {
      write(out, record(entry));
      out.force(false);
      records++;
    } catch (IOException e) {
      broken = true; // unless the part of a record that may be there can be taken back
      out.truncate(end);
      out.force(true);
      broken = false;
      throw e;
    }
  }

  /** A new file of what is live, whole before it has the old one's name. */
  private FileChannel rewrite() throws IOException {
    Path draft = file.resolveSibling(FILE + ".new");
    FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    try {
      for (Entry entry : live) {
        write(channel, record(entry));
      }
      channel.force(true);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel folder = FileChannel.open(parent(), StandardOpenOption.READ)) {
        folder.force(true); // the new name, too
      }
      records = live.size();
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private Path parent() {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file : folder;
  }

  private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      out.close();
    }
  }
}
