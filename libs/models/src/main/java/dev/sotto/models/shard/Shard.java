package dev.sotto.models.shard;

import dev.sotto.models.shard.ShardHeader.Section;
import dev.sotto.models.shard.ShardHeader.StoredMatrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One role's shard, open for reading. Matrices are mapped, not loaded: opening costs the same for a
 * gigabyte as for a kilobyte, and nodes of one machine that open one file share its pages.
 *
 * <p>Opening checks everything but the words themselves, whose checksums {@link #verify} compares.
 * A file must not be cut short while it is mapped; shards are replaced by renaming, which leaves an
 * open one as it is.
 *
 * <p>Safe for use by several threads. After {@link #close} the segments it gave out throw.
 */
public final class Shard implements AutoCloseable {
  private static final long VERIFY_BYTES = 4 << 20;

  private final Path file;
  private final ShardFile content;
  private final Arena arena;
  private final MemorySegment mapped;
  private final Map<String, StoredMatrix> matrices = new LinkedHashMap<>();

  private Shard(Path file, ShardFile content, Arena arena, MemorySegment mapped) {
    this.file = file;
    this.content = content;
    this.arena = arena;
    this.mapped = mapped;
    content.header().matrices().forEach(m -> matrices.put(m.shape().name(), m));
  }

  /**
   * Opens the shard of {@code expected}. A {@link ShardException} names file and field when the
   * shard is damaged, of another version, or another role's.
   */
  @SuppressWarnings("MustBeClosed") // the shard that is returned closes the arena
  public static Shard open(Path file, ShardRole expected) {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = ShardFile.open(file)) {
      ShardFile content = ShardFile.read(channel, expected);
      MemorySegment mapped =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, content.header().fileBytes(), arena);
      Shard shard = new Shard(file, content, arena, mapped);
      arena = null;
      return shard;
    } catch (IOException e) {
      throw ShardFile.unreadable(e).in(file);
    } catch (ShardException e) {
      throw e.in(file);
    } finally {
      if (arena != null) {
        arena.close();
      }
    }
  }

  /** Reads what a shard of any role says about itself, checked as {@link #open} does. */
  public static ShardHeader readHeader(Path file) {
    try (FileChannel channel = ShardFile.open(file)) {
      ShardFile content = ShardFile.read(channel, null);
      content.secret().erase();
      return content.header();
    } catch (IOException e) {
      throw ShardFile.unreadable(e).in(file);
    } catch (ShardException e) {
      throw e.in(file);
    }
  }

  /** What the shard says about itself. */
  public ShardHeader header() {
    return content.header();
  }

  /** The calibration that was given when the model was cut; a copy. */
  public byte[] calibration() {
    return content.copyCalibration();
  }

  /**
   * A copy of the 16-byte seed w_{@code which}, for the caller to erase: a secret of the roles that
   * hold it. A {@link ShardException} if this role does not.
   */
  public byte[] copySecretSeed(int which) {
    try {
      return content.secret().copySeed(which);
    } catch (ShardException e) {
      throw e.in(file);
    }
  }

  /**
   * The shape of a matrix of this stage, also in the dealer's shard; an error names what is not.
   */
  public MatrixShape shape(String name) {
    return matrix(name).shape();
  }

  /**
   * The words that this evaluator stores of a matrix, in panels, little-endian, mapped read-only
   * and aligned to 4096 bytes: S0 = W + P1 for evaluator-0, S1 = W + P0 + P1 for evaluator-1. A
   * {@link ShardException} for the dealer.
   */
  public MemorySegment words(String name) {
    StoredMatrix matrix = matrix(name);
    if (!header().role().storesMatrices()) {
      throw new ShardException("holds no words of " + name + ": the dealer's has seeds alone")
          .in(file);
    }
    return mapped.asSlice(matrix.section().offset(), matrix.section().length());
  }

  /**
   * Reads every word and compares all checksums; a {@link ShardException} names the first matrix
   * that is damaged.
   */
  public void verify(ShardProgress progress) {
    long total = header().matrices().stream().mapToLong(m -> m.section().length()).sum();
    long done = 0;
    // Up to the calibration's end there is only padding that open() has not compared.
    long end = header().calibration().offset() + header().calibration().length();
    checkPadding();
    if (!header().role().storesMatrices()) {
      return;
    }
    for (StoredMatrix matrix : matrices.values()) {
      Section section = matrix.section();
      String name = matrix.shape().name();
      checkZero(end, section.offset());
      MessageDigest digest = Sha256.start();
      for (long at = 0; at < section.length(); at += VERIFY_BYTES) {
        progress.at(name, done, total);
        long bytes = Math.min(VERIFY_BYTES, section.length() - at);
        digest.update(mapped.asSlice(section.offset() + at, bytes).asByteBuffer());
        done += bytes;
      }
      if (!Sha256.hex(digest.digest()).equals(section.sha256())) {
        throw new ShardException(
                name + ": is damaged, its checksum does not match; provision the model again")
            .in(file);
      }
      end = section.offset() + section.length();
      progress.at(name, done, total);
    }
  }

  private void checkPadding() {
    int headerBytes = HeaderCodec.encode(header()).length;
    ShardLayout layout =
        ShardLayout.of(
            headerBytes,
            header().role(),
            (int) header().calibration().length(),
            header().calibration().sha256(),
            header().shapes());
    checkZero(ShardLayout.PREAMBLE_BYTES + (long) headerBytes, layout.secretAt());
    checkZero(
        layout.secretAt() + ShardLayout.secretBytes(header().role()),
        header().calibration().offset());
  }

  /** Space between the parts is zero, so that a shard carries nothing that is not declared. */
  private void checkZero(long from, long to) {
    MemorySegment gap = mapped.asSlice(from, to - from);
    MemorySegment zeros = MemorySegment.ofArray(new byte[(int) gap.byteSize()]);
    if (gap.mismatch(zeros) != -1) {
      throw new ShardException("padding: the bytes from " + from + " to " + to + " are not zero")
          .in(file);
    }
  }

  private StoredMatrix matrix(String name) {
    StoredMatrix matrix = matrices.get(name);
    if (matrix == null) {
      throw new ShardException(
              "has no matrix "
                  + name
                  + " in stage "
                  + header().stage().index()
                  + " of "
                  + header().stage().count())
          .in(file);
    }
    return matrix;
  }

  /** Unmaps the words and erases this object's copy of the seeds. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      content.secret().erase();
    }
  }

  @Override
  public String toString() {
    return "Shard[" + file.getFileName() + "]";
  }
}
