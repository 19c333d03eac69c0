package dev.sotto.models.shard;

import dev.sotto.models.shard.ShardHeader.Section;
import dev.sotto.models.shard.ShardHeader.StoredMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * One shard in the making. It grows under a temporary name; the preamble, without which it is no
 * shard, is written last, and only a file that has reached the disk gets its own name. {@link
 * #close} before {@link #publish} removes every trace.
 */
final class ShardWriter implements AutoCloseable {
  static final String UNFINISHED = ".unfinished";

  private final Path target;
  private final Path unfinished;
  private final ShardOutput output;
  private final List<StoredMatrix> matrices;
  private ShardHeader header;
  private MessageDigest digest = Sha256.start();
  private int current = -1;
  private long written;
  private boolean finished;

  /** Begins a file of the planned header in {@code folder}. */
  ShardWriter(Path folder, ShardHeader planned, ShardOutput.Opener opener) {
    header = planned;
    target = folder.resolve(planned.fileName());
    unfinished = folder.resolve(planned.fileName() + UNFINISHED);
    matrices = new ArrayList<>(planned.matrices());
    try {
      output = opener.create(unfinished);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  ShardHeader header() {
    return header;
  }

  /** Whether the file has room for that matrix; if so the words to come are its. */
  boolean begin(MatrixShape shape) {
    for (int i = 0; i < matrices.size(); i++) {
      if (matrices.get(i).shape().equals(shape) && header.role().storesMatrices()) {
        current = i;
        written = 0;
        digest = Sha256.start();
        return true;
      }
    }
    return false;
  }

  /**
   * Appends to the matrix begun. The buffer is read between its position and limit, and left so.
   */
  void append(ByteBuffer words) {
    Section section = matrices.get(current).section();
    if (written + words.remaining() > section.length()) {
      throw new IllegalStateException("more words than the matrix has");
    }
    digest.update(words.duplicate());
    int bytes = words.remaining();
    write(words.duplicate(), section.offset() + written);
    written += bytes;
  }

  /** The matrix begun is complete. */
  void end() {
    StoredMatrix done = matrices.get(current);
    if (written != done.section().length()) {
      throw new IllegalStateException("fewer words than the matrix has");
    }
    Section summed = new Section(done.section().offset(), written, Sha256.hex(digest.digest()));
    matrices.set(current, new StoredMatrix(done.shape(), summed));
  }

  /** Writes seeds, calibration, header and preamble, and waits until the disk has everything. */
  void finish(byte[] secret, byte[] calibration) {
    header = header.withMatrices(matrices);
    byte[] json = HeaderCodec.encode(header);
    ShardLayout layout =
        ShardLayout.of(
            json.length,
            header.role(),
            calibration.length,
            header.calibration().sha256(),
            header.shapes());
    write(ByteBuffer.wrap(secret), layout.secretAt());
    write(ByteBuffer.wrap(calibration), layout.calibration().offset());
    write(ByteBuffer.wrap(json), ShardLayout.PREAMBLE_BYTES);
    write(ByteBuffer.wrap(Preamble.encode(json, header.fileBytes())), 0);
    try {
      output.force();
      output.close();
    } catch (IOException e) {
      throw failed(e);
    }
    finished = true;
  }

  /** Gives the finished file its name, replacing an older shard of the same name at once. */
  void publish() {
    if (!finished) {
      throw new IllegalStateException("publish before finish");
    }
    try {
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Takes a published file back. */
  void retract() {
    remove(target);
  }

  /** Removes what is unfinished; after {@link #publish} there is nothing left to remove. */
  @Override
  public void close() {
    try {
      output.close();
    } catch (IOException e) {
      // Closing a file that is deleted next: whatever failed, nothing of it stays.
    }
    remove(unfinished);
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // Its name says that it is unfinished, and the next cut into this folder removes it.
    }
  }

  private void write(ByteBuffer bytes, long position) {
    try {
      output.write(bytes, position);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private ShardException failed(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return ShardCutter.interrupted(e);
    }
    return new ShardException(
        "cutting stopped, because %s could not be written (%s); nothing of it was left behind: free"
                .formatted(target, ShardException.reason(e))
            + " space or choose another folder, and run it again",
        e);
  }
}
