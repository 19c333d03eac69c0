package dev.sotto.models.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The part of a shard that is read before its words are: header, seeds and calibration, all
 * checked. Errors are a {@link ShardException} without the file's name, which the caller adds.
 */
final class ShardFile {
  private final ShardHeader header;
  private final SecretPart secret;
  private final byte[] calibration;

  private ShardFile(ShardHeader header, SecretPart secret, byte[] calibration) {
    this.header = header;
    this.secret = secret;
    this.calibration = calibration;
  }

  ShardHeader header() {
    return header;
  }

  SecretPart secret() {
    return secret;
  }

  byte[] copyCalibration() {
    return calibration.clone();
  }

  static ShardFile read(FileChannel channel, @Nullable ShardRole expected) throws IOException {
    long size = channel.size();
    if (size < ShardLayout.PREAMBLE_BYTES) {
      throw new ShardException("is not a shard: it has only " + size + " bytes");
    }
    byte[] preambleBytes = read(channel, 0, ShardLayout.PREAMBLE_BYTES);
    Preamble preamble = Preamble.decode(preambleBytes, size);
    byte[] json = read(channel, ShardLayout.PREAMBLE_BYTES, preamble.headerBytes());
    preamble.check(preambleBytes, json);
    ShardHeader header = HeaderCodec.decode(json);
    if (header.fileBytes() != size) {
      throw new ShardException(
          "header.fileBytes: is %d, the file has %d".formatted(header.fileBytes(), size));
    }
    if (expected != null && header.role() != expected) {
      throw new ShardException(
          "is the %s's, not the %s's: give each role its own shard"
              .formatted(header.role(), expected));
    }
    ShardLayout layout =
        ShardLayout.of(
            json.length,
            header.role(),
            (int) header.calibration().length(),
            header.calibration().sha256(),
            header.shapes());
    byte[] calibration =
        read(channel, layout.calibration().offset(), (int) layout.calibration().length());
    if (!Sha256.hex(Sha256.of(calibration)).equals(header.calibration().sha256())) {
      throw new ShardException("calibration: is damaged, its checksum does not match");
    }
    byte[] seeds = read(channel, layout.secretAt(), ShardLayout.secretBytes(header.role()));
    return new ShardFile(header, SecretPart.decode(header, seeds), calibration);
  }

  /** Opens a shard that a stranger may have put there: a regular file, or one clear error. */
  static FileChannel open(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      throw new ShardException("is not a file");
    }
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  /** What a person is told when a file cannot be read. */
  static ShardException unreadable(IOException e) {
    return e instanceof NoSuchFileException
        ? new ShardException("is not there; provision the model first", e)
        : new ShardException("cannot be read (" + ShardException.reason(e) + ")", e);
  }

  private static byte[] read(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new ShardException("is truncated");
      }
    }
    return bytes.array();
  }
}
