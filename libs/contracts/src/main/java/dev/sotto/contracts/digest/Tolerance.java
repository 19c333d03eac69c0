package dev.sotto.contracts.digest;

/**
 * In how many bits digests may differ before it is no honest rounding: the least number that honest
 * lanes exceed with a probability of at most {@value #FALSE_ALARM}. Bits are independent given the
 * vectors, because rows and dither are; so the number is binomial.
 */
public final class Tolerance {
  /** How often one comparison of honest lanes at the bound of their noise is a false alarm. */
  public static final double FALSE_ALARM = 1e-9;

  private Tolerance() {}

  /**
   * Most of {@code bits} bits that may differ when each does with a probability of at most {@code
   * part}.
   */
  public static int most(int bits, double part) {
    if (bits < 1 || !(part > 0 && part < 0.5)) {
      throw new IllegalArgumentException(bits + " bits, of which " + part + " may differ");
    }
    double[] log = new double[bits + 1]; // of the probability that exactly k differ
    log[0] = bits * Math.log1p(-part);
    double odds = Math.log(part) - Math.log1p(-part);
    for (int k = 0; k < bits; k++) {
      log[k + 1] = log[k] + Math.log((bits - k) / (k + 1.0)) + odds;
    }
    double beyond = 0;
    int most = bits;
    while (most > 0 && beyond + Math.exp(log[most]) <= FALSE_ALARM) {
      beyond += Math.exp(log[most]);
      most--;
    }
    return most;
  }

  /** For one point of {@code steps} steps together. */
  public static int most(DigestPoint point, int steps) {
    return most(point.bits() * steps, point.honestPart());
  }
}
