package dev.sotto.models.shard;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The seeds that a role holds, in order, and a checksum that ties them to their shard set and role,
 * so that seeds copied from elsewhere are noticed before they spoil every answer. Holds secrets: it
 * prints nothing of them.
 */
final class SecretPart {
  private static final byte[] PURPOSE = "sotto shard seeds 1".getBytes(StandardCharsets.US_ASCII);

  private final byte[] seeds;
  private final ShardRole role;

  private SecretPart(ShardRole role, byte[] seeds) {
    this.role = role;
    this.seeds = seeds;
  }

  /** The bytes of the section, made of w0 and w1. */
  static byte[] encode(ShardHeader header, byte[] w0, byte[] w1) {
    ByteBuffer out = ByteBuffer.allocate(ShardLayout.secretBytes(header.role()));
    if (header.role().holdsSeed(0)) {
      out.put(w0);
    }
    if (header.role().holdsSeed(1)) {
      out.put(w1);
    }
    byte[] seeds = Arrays.copyOf(out.array(), out.position());
    out.put(sum(header, seeds));
    Arrays.fill(seeds, (byte) 0);
    return out.array();
  }

  static SecretPart decode(ShardHeader header, byte[] bytes) {
    byte[] seeds = Arrays.copyOf(bytes, header.role().seeds() * ShardLayout.SEED_BYTES);
    byte[] sum = Arrays.copyOfRange(bytes, seeds.length, bytes.length);
    if (!MessageDigest.isEqual(sum, sum(header, seeds))) {
      throw new ShardException("seeds: are damaged or another shard's, their checksum is wrong");
    }
    return new SecretPart(header.role(), seeds);
  }

  private static byte[] sum(ShardHeader header, byte[] seeds) {
    byte[] bound = (header.setId() + "/" + header.role()).getBytes(StandardCharsets.US_ASCII);
    return Sha256.of(PURPOSE, bound, seeds);
  }

  byte[] copySeed(int which) {
    if (!role.holdsSeed(which)) {
      throw new ShardException(
          "seed w%d is not the %s's to hold; its shard has it not".formatted(which, role));
    }
    int at = which == 1 && role.holdsSeed(0) ? ShardLayout.SEED_BYTES : 0;
    return Arrays.copyOfRange(seeds, at, at + ShardLayout.SEED_BYTES);
  }

  void erase() {
    Arrays.fill(seeds, (byte) 0);
  }

  @Override
  public String toString() {
    return "SecretPart(secret)";
  }
}
