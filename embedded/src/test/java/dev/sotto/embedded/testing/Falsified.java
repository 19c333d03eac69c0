package dev.sotto.embedded.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The shard of an evaluator that lies: it computes with other words than the publisher gave it, and
 * all checksums of its file are right again.
 */
public final class Falsified {
  private static final int PREAMBLE = 64;
  private static final int SUMMED = 32;
  private static final int HEADER_BYTES_AT = 12;
  private static final int LEAST_CHANGE = 1 << 14; // a weight's fraction has 16 bits

  private Falsified() {}

  /** Changes words of the last matrix, one in a hundred. */
  public static void shard(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int length = all.getInt(HEADER_BYTES_AT);
    String header = new String(bytes, PREAMBLE, length, StandardCharsets.UTF_8);
    JsonNode matrices = JsonMapper.shared().readTree(header).path("matrices");
    JsonNode last = matrices.path(matrices.size() - 1);
    int at = last.path("offset").asInt();
    int end = at + last.path("length").asInt();
    for (int word = at; word + Long.BYTES <= end; word += 100 * Long.BYTES) {
      all.putLong(word, all.getLong(word) + LEAST_CHANGE);
    }
    String sum = sha256(ByteBuffer.wrap(bytes, at, end - at));
    byte[] changed =
        header.replace(last.path("sha256").asString(), sum).getBytes(StandardCharsets.UTF_8);
    all.put(PREAMBLE, changed);
    ByteBuffer summed = ByteBuffer.allocate(SUMMED + length);
    summed.put(bytes, 0, SUMMED).put(changed).flip();
    all.put(SUMMED, HexFormat.of().parseHex(sha256(summed)));
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        int _ = out.write(left);
      }
    }
  }

  private static String sha256(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
