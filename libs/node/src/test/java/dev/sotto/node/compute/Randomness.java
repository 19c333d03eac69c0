package dev.sotto.node.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.Deflater;

/**
 * Tests of bytes that should be uniform. Each raises a false alarm with a probability below 1e-9.
 */
final class Randomness {
  /** Of a Gaussian, one side: 4e-11. */
  private static final double SIGMAS = 6.5;

  private static final int LEAST_PER_CELL = 5;

  private Randomness() {}

  /** What speaks against the bytes being uniform; empty if nothing does. */
  static String complaint(byte[] bytes) {
    double bits = 8.0 * bytes.length;
    long ones = 0;
    long[] single = new long[256];
    for (byte b : bytes) {
      ones += Integer.bitCount(b & 0xff);
      single[b & 0xff]++;
    }
    double off = (ones - bits / 2) / (Math.sqrt(bits) / 2);
    if (Math.abs(off) > SIGMAS) {
      return "ones are off by %.1f sigmas".formatted(off);
    }
    String frequency = chiSquare("bytes", single, bytes.length);
    return !frequency.isEmpty() ? frequency : pairs(bytes);
  }

  /** Neighbours, as large as there are enough of: pairs of bytes, or of half bytes. */
  private static String pairs(byte[] bytes) {
    if (bytes.length / 2 >= LEAST_PER_CELL * 65536) {
      for (int from = 0; from < 2; from++) {
        long[] cells = new long[65536];
        int n = 0;
        for (int i = from; i + 1 < bytes.length; i += 2) {
          cells[(bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff)]++;
          n++;
        }
        String complaint = chiSquare("pairs of bytes", cells, n);
        if (!complaint.isEmpty()) {
          return complaint;
        }
      }
    }
    // Across the bytes' borders; within them it is the bytes' own frequency.
    long[] cells = new long[256];
    for (int i = 0; i + 1 < bytes.length; i++) {
      cells[(bytes[i] & 0xf) << 4 | (bytes[i + 1] & 0xff) >>> 4]++;
    }
    String complaint = chiSquare("half bytes side by side", cells, bytes.length - 1L);
    return !complaint.isEmpty() ? complaint : compression(bytes);
  }

  private static String chiSquare(String what, long[] cells, long n) {
    assertThat(n / cells.length).as("enough " + what).isGreaterThanOrEqualTo(LEAST_PER_CELL);
    double expected = (double) n / cells.length;
    double sum = 0;
    for (long c : cells) {
      sum += (c - expected) * (c - expected) / expected;
    }
    // Wilson and Hilferty (1931): the cube root of chi² over its degrees is nearly Gaussian.
    double df = cells.length - 1;
    double z = (Math.cbrt(sum / df) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df));
    return Math.abs(z) > SIGMAS ? "chi² of %s is off by %.1f sigmas".formatted(what, z) : "";
  }

  private static String compression(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      byte[] out = new byte[1 << 16];
      long total = 0;
      while (!deflater.finished()) {
        total += deflater.deflate(out);
      }
      return total < bytes.length
          ? "%d bytes are compressed to %d".formatted(bytes.length, total)
          : "";
    } finally {
      deflater.end();
    }
  }
}
