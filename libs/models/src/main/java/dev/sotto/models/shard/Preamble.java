package dev.sotto.models.shard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A shard's first 64 bytes.
 *
 * @param headerBytes length of the header behind it
 * @param fileBytes length of the file
 * @param sha256 hex, over the first 32 bytes and the header
 */
record Preamble(int headerBytes, long fileBytes, String sha256) {
  static final int VERSION = 4;
  private static final byte[] MAGIC = "SOTTOSHD".getBytes(StandardCharsets.US_ASCII);
  private static final int SUMMED_BYTES = 32;

  static byte[] encode(byte[] header, long fileBytes) {
    ByteBuffer out = ByteBuffer.allocate(ShardLayout.PREAMBLE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).putInt(VERSION).putInt(header.length).putLong(fileBytes).putLong(0);
    return out.put(Sha256.of(Arrays.copyOf(out.array(), SUMMED_BYTES), header)).array();
  }

  /** Reads a preamble of a file of {@code actualBytes}; the sum is checked with the header. */
  static Preamble decode(byte[] bytes, long actualBytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new ShardException("is not a shard: it does not begin with SOTTOSHD");
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw new ShardException(
          "version: is %s, this program reads %d; provision the model again"
              .formatted(Integer.toUnsignedString(version), VERSION));
    }
    int headerBytes = in.getInt();
    if (headerBytes < 2 || headerBytes > ShardLayout.MAX_HEADER_BYTES) {
      throw new ShardException(
          "header length: must be 2 to %d bytes, is %s"
              .formatted(ShardLayout.MAX_HEADER_BYTES, Integer.toUnsignedString(headerBytes)));
    }
    long fileBytes = in.getLong();
    if (fileBytes != actualBytes) {
      throw new ShardException(
          "file length: has %d bytes where %s were written; provision the model again or copy the"
                  .formatted(actualBytes, Long.toUnsignedString(fileBytes))
              + " shard again");
    }
    if (in.getLong() != 0) {
      throw new ShardException("preamble: its reserved bytes are not zero");
    }
    byte[] sum = new byte[ShardLayout.DIGEST_BYTES];
    in.get(sum);
    return new Preamble(headerBytes, fileBytes, Sha256.hex(sum));
  }

  void check(byte[] preamble, byte[] header) {
    byte[] found = Sha256.of(Arrays.copyOf(preamble, SUMMED_BYTES), header);
    if (!Sha256.hex(found).equals(sha256)) {
      throw new ShardException("header: is damaged, its checksum does not match");
    }
  }
}
