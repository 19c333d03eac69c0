package dev.sotto.mpc.dpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Repeatable randomness for tests, and what uniform words look like. */
final class Seeded {
  private Seeded() {}

  static SecureRandom random(long seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(seed); // before the first draw: it is then the only seed
      return random;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Each of the 64 bit places is balanced, and the top bytes fill 256 cells evenly: both within six
   * standard deviations.
   */
  static void assertUniform(long[] words) {
    int n = words.length;
    double limit = 6 * Math.sqrt(n) / 2;
    for (int b = 0; b < 64; b++) {
      int ones = 0;
      for (long w : words) {
        ones += (int) ((w >>> b) & 1);
      }
      assertThat(Math.abs(ones - n / 2.0)).as("bit %d", b).isLessThan(limit);
    }
    int[] cells = new int[256];
    for (long w : words) {
      cells[(int) (w >>> 56)]++;
    }
    double expected = n / 256.0;
    double chiSquare = 0;
    for (int c : cells) {
      chiSquare += (c - expected) * (c - expected) / expected;
    }
    assertThat(chiSquare).isBetween(255 - 6 * Math.sqrt(510), 255 + 6 * Math.sqrt(510));
  }
}
