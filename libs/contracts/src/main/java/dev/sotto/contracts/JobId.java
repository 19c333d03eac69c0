package dev.sotto.contracts;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The name of a job: 128 random bits, public, used once.
 *
 * @param high its first 64 bits
 * @param low its last 64 bits
 */
public record JobId(long high, long low) {
  /** Length of its encoding. */
  public static final int BYTES = 16;

  /** A fresh one. */
  public static JobId random(SecureRandom random) {
    return new JobId(random.nextLong(), random.nextLong());
  }

  /** 32 lowercase hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
